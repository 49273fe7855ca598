import { zh as lanes } from "./lanes.ts";
import { zh as panel } from "./panel.ts";
import { zh as project } from "./project.ts";
import { zh as projects } from "./projects.ts";
import { zh as shell } from "./shell.ts";

/**
 * The words of the editor in 繁體中文, a group for each area: those that the page and the screen of a project need. More are
 * in `zh-screens.ts`.
 */
export const zh = {
	lang: "zh-Hant",
	lanes,
	panel,
	project,
	projects,
	shell,
};

export type PageTexts = typeof zh;
