import type { App } from "../../app-context.ts";

/** A project of anyone. */
export interface AnyProject {
	readonly p_id: number;
	readonly p_name: string;
	readonly u_id: number;
	readonly u_name: string | null;
	readonly status: "on" | "off";
	readonly sim: "on" | "off";
	readonly failed?: number;
	readonly devices?: { readonly bound: number; readonly online: number };
}

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
	ask<{ readonly data: readonly AnyProject[] }>("GET", "api/v0/admin/project");

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
