import { zh as account } from "./account.ts";
import { zh as addDevice } from "./add-device.ts";
import { zh as allProjects } from "./all-projects.ts";
import { zh as audit } from "./audit.ts";
import { zh as devices } from "./devices.ts";
import { zh as models } from "./models.ts";
import { zh as people } from "./people.ts";

/** The words in 繁體中文 that only the other screens need, which are loaded with the first of them. */
export const zh = {
	account,
	addDevice,
	allProjects,
	audit,
	devices,
	models,
	people,
};

export type ScreenTexts = typeof zh;
