import type { Invitation, NewInvitation } from "../../../contract/mod.ts";
import type { Ask } from "../app-context.ts";
import type { Reached } from "../screens/people/sheet-address.ts";
import type { BlockIds } from "./kept-code.ts";

/** How phones reach the server encrypted. */
export interface HttpsView {
	readonly port: number;
	/** Without a slash at its end. */
	readonly address: string;
	/** What the certificate is for. */
	readonly names: readonly string[];
	/** Unix time at which it ends. */
	readonly until: number;
	readonly self_signed: boolean;
}

/** What became of opening the server to the network. */
export interface Opened {
	readonly addresses: readonly string[];
	/** Devices that need a login from now on. */
	readonly devices: number;
	readonly token?: string;
	/** What the server could not do itself. */
	readonly todo?: string;
}

const pathOf = ([pId, doId]: BlockIds) => `api/v1/projects/${pId}/blocks/${doId}`;

export const getInvitation = (ask: Ask, ...ids: BlockIds) =>
	ask<Invitation>("GET", `${pathOf(ids)}/invitation`);

/** A new code; one before it lets in no more. */
export const invite = (
	ask: Ask,
	ids: BlockIds,
	wanted: { readonly hours: number; readonly seats?: number },
) => ask<NewInvitation>("POST", `${pathOf(ids)}/invitation`, wanted);

export const endInvitation = (ask: Ask, ids: BlockIds) =>
	ask("DELETE", `${pathOf(ids)}/invitation`);

export const throwOut = (ask: Ask, ids: BlockIds, seat: number) =>
	ask("DELETE", `${pathOf(ids)}/seats/${seat}`);

export const reachedAt = (ask: Ask) => ask<Reached>("GET", "api/v1/devices/register");

export const openToNetwork = (ask: Ask) =>
	ask<Opened>("POST", "api/v1/reach", { reach: "network" });

/** State of encryption. */
export interface Https {
	readonly https: HttpsView | null;
	/** Whether this person may open it. */
	readonly may: boolean;
	/** Whether each of several servers is opened by its own ini. */
	readonly by_ini?: true;
	/** What the server could not do itself. */
	readonly todo?: string;
}

export const getHttps = (ask: Ask) => ask<Https>("GET", "api/v1/https");

export const openHttps = (ask: Ask) => ask<Https>("POST", "api/v1/https", {});
