import { en as projects } from "./projects.ts";
import type { ProjectsTexts } from "./zh-projects.ts";

/** The same in English. */
export const en: ProjectsTexts = { projects };
