import { en as account } from "./account.ts";
import { en as addDevice } from "./add-device.ts";
import { en as allProjects } from "./all-projects.ts";
import { en as audit } from "./audit.ts";
import { en as devices } from "./devices.ts";
import { en as models } from "./models.ts";
import { en as people } from "./people.ts";
import type { ScreenTexts } from "./zh-screens.ts";

/** The same in English. */
export const en: ScreenTexts = {
	account,
	addDevice,
	allProjects,
	audit,
	devices,
	models,
	people,
};
