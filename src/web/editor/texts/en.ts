import { en as lanes } from "./lanes.ts";
import { en as panel } from "./panel.ts";
import { en as project } from "./project.ts";
import { en as projects } from "./projects.ts";
import { en as shell } from "./shell.ts";
import type { PageTexts } from "./zh.ts";

/** The same in English. */
export const en: PageTexts = {
	lang: "en",
	lanes,
	panel,
	project,
	projects,
	shell,
};
