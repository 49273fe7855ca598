import { GUI } from "../ccm/config.ts";
import { ARGON2, type CcmStore, Registrar, removeLeftovers, SetUp } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { messageOf } from "../kit/mod.ts";
import { isLocal } from "../settings/mod.ts";
import type { Core } from "./module.ts";
import { Opening } from "./opening.ts";

/**
 * How people get accounts at a project manager, by registration, and the first one by the set-up key; and what becomes
 * of their projects when the command line removes them.
 * @param onChanged Hears of projects that are removed with their owners.
 */
export function buildPeople(core: Core, store: CcmStore, onChanged: (pId: number) => void) {
	const { accounts, auth, current, host, ports } = core;
	const onPeopleChanged = async () => {
		accounts.changed();
		await accounts.refresh();
	};
	const shared = {
		store,
		passwords: ARGON2,
		guesses: auth,
		now: () => Date.now(),
		onPeopleChanged,
	};
	const opening = new Opening({
		...{ host, ports, accounts },
		config: () => current.values,
		store: core.store,
		hasDevices: core.modules.includes("csm"),
		isNode: core.node !== undefined,
		devicesWithoutLogin: core.devicesWithoutLogin,
		log: core.log.component("server"),
	});
	const registration = new Registrar({
		...shared,
		mode: () => sectionValues(current.values, GUI).registration,
		reach: () => ({
			isLocal: isLocal(current.values),
			allowedOrigins: current.values.core["allowed-origins"],
		}),
	});
	const setup = new SetUp({
		...shared,
		keys: auth.setupKeys,
		hasAdmin: () => accounts.hasAdmin,
		open: (reach) => opening.open(reach),
	});
	const tidy = async () => {
		const gone: number[] = [];
		await store.write((tables) => removeLeftovers({ tables, changed: (pId) => gone.push(pId) }));
		for (const pId of gone) onChanged(pId);
	};
	const log = core.log.component("ccm");
	const follow = () =>
		accounts.follow((changes) => {
			if (!changes.some(({ what }) => what === "account removed")) return;
			tidy().catch((error: unknown) => {
				log.error("cannot remove the projects of deleted users", { reason: messageOf(error) });
			});
		});
	const reach = () => opening.open("network");
	return { registration, setup, reach, onPeopleChanged, tidy, follow };
}
