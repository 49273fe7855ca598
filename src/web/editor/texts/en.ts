import { en as account } from "./account.ts";
import { en as addDevice } from "./add-device.ts";
import { en as allProjects } from "./all-projects.ts";
import { en as audit } from "./audit.ts";
import { en as devices } from "./devices.ts";
import { en as lanes } from "./lanes.ts";
import { en as models } from "./models.ts";
import { en as monitor } from "./monitor.ts";
import { en as panel } from "./panel.ts";
import { en as people } from "./people.ts";
import { en as project } from "./project.ts";
import { en as projects } from "./projects.ts";
import { en as shell } from "./shell.ts";
import type { Texts } from "./zh.ts";

/** The same in English. */
export const en: Texts = {
	lang: "en",
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
