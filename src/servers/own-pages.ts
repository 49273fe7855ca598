import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { GUI } from "../ccm/config.ts";
import { sectionValues } from "../config/mod.ts";
import { reasonOf } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";

/** Whole path of the folder of pages that `web-da-dir` names; empty: there is none. */
export function pagesFolder(config: Config): string {
	return wholePath(config, sectionValues(config, GUI)["web-da-dir"]);
}

/** Why a folder of pages cannot be served; a server starts all the same. */
export function pagesCautions(config: Config): string[] {
	return cautionFor("web-da-dir in [gui]", pagesFolder(config));
}

function cautionFor(setting: string, folder: string): string[] {
	if (folder === "") return [];
	try {
		readdirSync(folder);
		return [];
	} catch (error) {
		return [`${setting}: no pages are served from "${folder}": ${reasonOf(error)}`];
	}
}

function wholePath({ core }: Config, path: string): string {
	return path === "" ? "" : resolve(core.userdir, path);
}
