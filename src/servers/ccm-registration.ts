import { hashPassword, plainName, problemWithName, problemWithPassword } from "../auth/mod.ts";
import { GUI } from "../ccm/config.ts";
import { type DatabaseStore, Refusal, type Registration } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import type { RouteContext } from "../http/mod.ts";
import { isLocal } from "../settings/mod.ts";
import type { Core } from "./module.ts";

/** Accounts that people make themselves, where `[gui] registration` lets them. */
export function registrationOf({ current, accounts }: Core, store: DatabaseStore): Registration {
	const isOpen = ({ call }: RouteContext): boolean => {
		const { registration } = sectionValues(current.values, GUI);
		if (registration !== "auto") return registration === "open";
		const { from, headers } = call;
		const isProxied = [
			"forwarded",
			"x-forwarded-for",
			"x-forwarded-host",
			"x-forwarded-proto",
		].some((name) => headers.get(name) !== null);
		const isOwn = from.isOwnHost && from.foreignOrigin === undefined;
		return (
			isLocal(current.values) &&
			current.values.core["allowed-origins"] === "" &&
			isOwn &&
			!isProxied
		);
	};
	return {
		register: async (context, { username, password }) => {
			if (!isOpen(context)) throw new Refusal(403, "registration is closed");
			const problem = problemWithName(username) ?? problemWithPassword(password, false);
			if (problem !== undefined) throw new Refusal(400, problem);
			const name = plainName(username);
			const hash = await hashPassword(password);
			const user = await store.write(async ({ people }) => {
				if ((await people.byName(name)) !== undefined) {
					throw new Refusal(400, "username already exists");
				}
				return people.create({ name, hash, role: "teacher", createdAt: Date.now() / 1000 });
			});
			accounts.changed();
			await accounts.refresh();
			return user;
		},
	};
}
