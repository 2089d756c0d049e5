import axe from "axe-core";

/** Contrast needs a real rendering and is checked in the browser; everything structural is checked here. */
export async function violations(container: Element): Promise<string[]> {
  const result = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  return result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
