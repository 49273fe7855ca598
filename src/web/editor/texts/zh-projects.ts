import { zh as projects } from "./projects.ts";

/** The words in 繁體中文 of the list of projects. */
export const zh = { projects };

export type ProjectsTexts = typeof zh;
