import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { GUI } from "../ccm/config.ts";
import { sectionValues } from "../config/mod.ts";
import { V1 } from "../csm/config.ts";
import type { OldPages } from "../csm/mod.ts";
import { PageFolder } from "../http/mod.ts";
import { reasonOf } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import type { Values } from "./current-config.ts";

/** Whole path of the folder of pages that `web-da-dir` names; empty: there is none. */
export function pagesFolder(config: Config): string {
	return wholePath(config, sectionValues(config, GUI)["web-da-dir"]);
}

/** Why a folder of pages cannot be served; a server starts anyway. */
export function pagesCautions(config: Config): string[] {
	// A program may be made of other modules.
	return GUI.name in config ? cautionFor("web-da-dir in [gui]", pagesFolder(config)) : [];
}

/** The same for the port of the older protocol. */
export function oldPagesCautions(config: Config): string[] {
	if (!(V1.name in config)) return [];
	return sectionValues(config, V1).port === 0
		? []
		: cautionFor("pages in [v1]", oldPagesFolder(config));
}

/** Pages on the port of the older protocol, whose answers have CORS by themselves. */
export function oldPages(current: Values): OldPages {
	return async (path) => {
		const folder = oldPagesFolder(current.values);
		if (folder === "") return undefined;
		const { status, fields: all, content } = await new PageFolder(folder).answer(path);
		const {
			"content-type": type = "text/plain",
			"access-control-allow-origin": _,
			...fields
		} = all;
		return { status, type, content, fields };
	};
}

function oldPagesFolder(config: Config): string {
	return wholePath(config, sectionValues(config, V1).pages);
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
