import type { App, Role } from "../../app-context.ts";
import type { NewLogin } from "./sheet.ts";
import type { Reached } from "./sheet-address.ts";

export interface PersonRow {
	readonly u_id: number;
	readonly u_name: string;
	readonly role: Role;
	readonly is_active: boolean;
}

/** How people can register, and codes that are valid now. */
export interface RegistrationState {
	readonly mode: "open" | "code" | "closed";
	readonly codes: readonly { readonly expires_at: number; readonly uses_left: number }[];
}

export interface NewCode {
	readonly code: string;
	/** Seconds since 1970. */
	readonly expires_at: number;
	readonly count: number;
}

type Ask = App["ask"];

export const listPeople = (ask: Ask) =>
	ask<{ readonly data: readonly PersonRow[] }>("GET", "api/v0/people");

export const addPerson = (ask: Ask, person: NewLogin & { readonly role: Role }) =>
	ask<{ readonly u_id: number }>("PUT", "api/v0/people", person);

export const addStudents = (ask: Ask, students: readonly NewLogin[]) =>
	ask<{ readonly data: readonly unknown[] }>("PUT", "api/v0/people/students", { students });

export const setRole = (ask: Ask, u_id: number, role: Role) =>
	ask("POST", `api/v0/people/${u_id}/role`, { role });

export const setActive = (ask: Ask, u_id: number, is_active: boolean) =>
	ask("POST", `api/v0/people/${u_id}/active`, { is_active });

export const setPassword = (ask: Ask, id: number, password: string) =>
	ask("POST", "api/v0/admin/user/pass", { id, password });

export const deletePerson = (ask: Ask, id: number) => ask("DELETE", "api/v0/admin/user", { id });

export const registrationState = (ask: Ask) =>
	ask<RegistrationState>("GET", "api/v0/registration/code");

export const makeCode = (ask: Ask, days: number, count: number) =>
	ask<NewCode>("PUT", "api/v0/registration/code", { days, count });

export const reachedAt = (ask: Ask) => ask<Reached>("GET", "api/v1/devices/register");

export const removeCodes = (ask: Ask) => ask("DELETE", "api/v0/registration/code");
