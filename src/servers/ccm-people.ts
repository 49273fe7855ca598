import { GUI } from "../ccm/config.ts";
import { ARGON2, type CcmStore, Registrar, SetUp } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { isLocal } from "../settings/mod.ts";
import type { Core } from "./module.ts";
import { Opening } from "./opening.ts";

/** How people get accounts at a project manager: by registration, and the first one by the set-up key. */
export function buildPeople(core: Core, store: CcmStore) {
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
	return { registration, setup, onPeopleChanged };
}
