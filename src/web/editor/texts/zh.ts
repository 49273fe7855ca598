import { zh as account } from "./account.ts";
import { zh as addDevice } from "./add-device.ts";
import { zh as allProjects } from "./all-projects.ts";
import { zh as audit } from "./audit.ts";
import { zh as devices } from "./devices.ts";
import { zh as lanes } from "./lanes.ts";
import { zh as models } from "./models.ts";
import { zh as monitor } from "./monitor.ts";
import { zh as panel } from "./panel.ts";
import { zh as people } from "./people.ts";
import { zh as project } from "./project.ts";
import { zh as projects } from "./projects.ts";
import { zh as shell } from "./shell.ts";

/** All words of the editor in 繁體中文: a group for each area, each in a file of its own. */
export const zh = {
	lang: "zh-Hant",
	account,
	addDevice,
	allProjects,
	audit,
	devices,
	lanes,
	models,
	monitor,
	panel,
	people,
	project,
	projects,
	shell,
};

export type Texts = typeof zh;
