import { computed, signal } from "@preact/signals";
import * as account from "./account.ts";
import * as addDevice from "./add-device.ts";
import * as allProjects from "./all-projects.ts";
import * as audit from "./audit.ts";
import * as devices from "./devices.ts";
import * as lanes from "./lanes.ts";
import * as models from "./models.ts";
import * as monitor from "./monitor.ts";
import * as panel from "./panel.ts";
import * as people from "./people.ts";
import * as project from "./project.ts";
import * as projects from "./projects.ts";
import * as shell from "./shell.ts";

/** All words of the editor in one language: a group for each area, each in a file of its own. */
export const zh = {
	lang: "zh-Hant",
	account: account.zh,
	addDevice: addDevice.zh,
	allProjects: allProjects.zh,
	audit: audit.zh,
	devices: devices.zh,
	lanes: lanes.zh,
	monitor: monitor.zh,
	models: models.zh,
	panel: panel.zh,
	people: people.zh,
	project: project.zh,
	projects: projects.zh,
	shell: shell.zh,
};
export type Texts = typeof zh;
export const en: Texts = {
	lang: "en",
	account: account.en,
	addDevice: addDevice.en,
	allProjects: allProjects.en,
	audit: audit.en,
	devices: devices.en,
	lanes: lanes.en,
	monitor: monitor.en,
	models: models.en,
	panel: panel.en,
	people: people.en,
	project: project.en,
	projects: projects.en,
	shell: shell.en,
};

/** The reader's language. */
export const language = signal<"zh" | "en">("en");
/** The words in it: `texts.value.shell.projects`. Reading it in a component draws that again when it changes. */
export const texts = computed(() => (language.value === "zh" ? zh : en));
