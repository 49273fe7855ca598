import type { App } from "../../app-context.ts";
import type { ProjectRow } from "../projects/projects-server.ts";

/** A device of anyone. */
export interface AnyDevice {
	readonly d_id: number;
	readonly d_name: string;
	readonly mac_addr: string;
	readonly dm_name: string;
	readonly status: "online" | "offline";
	readonly is_sim: boolean;
	/** Where it is bound: `project (owner)`. */
	readonly projects: readonly string[];
}

type Ask = App["ask"];

export const allProjects = (ask: Ask) =>
	ask<{ readonly projects: readonly ProjectRow[] }>("GET", "api/v1/projects?all=1");

export const allDevices = (ask: Ask) =>
	ask<{ readonly data: readonly AnyDevice[] }>("GET", "api/v0/admin/device");

export const stopProject = (ask: Ask, p_id: number) =>
	ask("POST", "api/v0/admin/project/stop", { p_id });

export const startProject = (ask: Ask, p_id: number) =>
	ask("POST", `api/v0/project/${p_id}`, { status: "on" });

export const deleteProject = (ask: Ask, p_id: number) =>
	ask("POST", "api/v0/admin/project/delete", { p_id });

export const unbindDevice = (ask: Ask, d_id: number) =>
	ask("POST", "api/v0/admin/device/unbind", { d_id });
