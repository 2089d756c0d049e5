const storageKey = "errata-last-project";

/** A convenience, not a secret: which project to open first. */
export const lastProjectId = (): string | null => localStorage.getItem(storageKey);

export const rememberProject = (projectId: string): void => localStorage.setItem(storageKey, projectId);
