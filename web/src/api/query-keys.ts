/** The first two parts of every key: what is known of one organization never answers for another. */
export const organizationKey = (organizationId: string) => ["organization", organizationId] as const;

export const projectsKey = (organizationId: string) => [...organizationKey(organizationId), "projects"] as const;
export const issueListsKey = (organizationId: string, projectId: string) => [...organizationKey(organizationId), "issues", projectId] as const;
export const issueKey = (organizationId: string, issueId: string) => [...organizationKey(organizationId), "issue", issueId] as const;
export const apiKeysKey = (organizationId: string) => [...organizationKey(organizationId), "api-keys"] as const;
export const auditExportsKey = (organizationId: string) => [...organizationKey(organizationId), "audit-exports"] as const;
