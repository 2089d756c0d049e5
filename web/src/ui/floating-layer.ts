import { createContext } from "react";

/** Where menus and tooltips are put: the body, or the open modal dialog, outside of which everything is inert. */
export const FloatingLayerContext = createContext<HTMLElement | null>(null);
