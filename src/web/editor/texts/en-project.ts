import { en as lanes } from "./lanes.ts";
import { en as panel } from "./panel.ts";
import { en as project } from "./project.ts";
import type { ProjectTexts } from "./zh-project.ts";

/** The same in English. */
export const en: ProjectTexts = { lanes, panel, project };
