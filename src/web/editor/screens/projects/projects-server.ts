import type { App } from "../../app-context.ts";
import type { Answer } from "../../server/ask.ts";

/** A project as a list shows it. */
export interface ProjectRow {
	readonly p_id: number;
	readonly p_name: string;
	readonly u_id: number;
	/** The owner. */
	readonly u_name: string | null;
	readonly status: "on" | "off";
	readonly sim: "on" | "off";
	/** What the reader may do with it. */
	readonly may: "look" | "edit" | "own";
	/** Its row in the server's database cannot be read: it can only be deleted. */
	readonly is_unreadable?: true;
	readonly blocks: number;
	readonly joins: number;
	/** Seats with a device, and those of them that are online; simulated ones are counted apart. */
	readonly devices: {
		readonly bound: number;
		readonly online: number;
		readonly simulated: number;
	};
	/** Links and joins that failed. */
	readonly failed: number;
	/** Messages a second, where it is known. */
	readonly rate: number | null;
}

type Ask = App["ask"];

export const listProjects = (ask: Ask) =>
	ask<{ readonly projects: readonly ProjectRow[] }>("GET", "api/v1/projects");

export const createProject = (ask: Ask, p_name: string) =>
	ask<{ readonly p_id: number }>("PUT", "api/v0/project", { p_name });

/** A project made of a template; names of its parts are in the reader's language. */
export const fromTemplate = (ask: Ask, template: string, p_name: string, lang: "zh" | "en") =>
	ask<{ readonly p_id: number }>("POST", `api/v1/templates/${encodeURIComponent(template)}`, {
		...{ p_name, lang },
	});

export const copyProject = (ask: Ask, p_id: number, p_name: string) =>
	ask<{ readonly p_id: number }>("POST", `api/v0/project/${p_id}/copy`, { p_name });

export const deleteProject = (ask: Ask, p_id: number) => ask("DELETE", `api/v0/project/${p_id}`);

export const switchProject = (ask: Ask, p_id: number, isOn: boolean) =>
	ask("POST", `api/v0/project/${p_id}`, { status: isOn ? "on" : "off" });

/** Makes a project of an exported file. A refusal for names that are missing here lists all of them in `missing`. */
export function importProject(
	ask: Ask,
	p_name: string,
	file: Blob,
): Promise<Answer<{ readonly p_id: number }>> {
	const form = new FormData();
	form.set("p_name", p_name);
	form.set("importfilename", file, "project.json");
	return ask("POST", "import_project", form);
}

/** Where a project can be loaded as a file from. */
export function exportAddress(p_id: number, withBundle: boolean): string {
	return `../export_project?p_id=${p_id}${withBundle ? "&bundle=1" : ""}`;
}
