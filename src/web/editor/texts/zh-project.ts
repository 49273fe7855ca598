import { zh as lanes } from "./lanes.ts";
import { zh as panel } from "./panel.ts";
import { zh as project } from "./project.ts";

/** The words in 繁體中文 of an open project. */
export const zh = { lanes, panel, project };

export type ProjectTexts = typeof zh;
