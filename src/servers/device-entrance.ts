import { GUI_EC, GUI_MQTT } from "../ccm/config.ts";
import { type DeviceEntrance, Refusal } from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { authIsOn, isLocal, lanAddresses, schemesOf } from "../settings/mod.ts";
import { placesOf } from "./ccm-places.ts";
import type { Core } from "./module.ts";
import { freeName, makeToken } from "./registration-tokens.ts";

/** Registration tokens one person may have at once: pages make a new one whenever they are asked to. */
const MAX_TOKENS = 20;
/** Names of tokens have 64 characters at most, and end in a number. */
const MAX_BASE_LENGTH = 58;
const DAY_S = 86_400;

/** How devices get to the CSM that CCM works with. @param now Unix time, seconds. */
export function deviceEntrance(core: Core, now: () => number): DeviceEntrance {
	const { current, modules, ports, store, accounts } = core;
	const places = placesOf(core);
	const isBeside = modules.includes("csm");
	const log = core.log.component("ccm");
	return {
		about: (host) => {
			const { values } = current;
			const address = places.csm(host);
			if (!isBeside || sectionValues(values, GUI_EC)["ec-endpoint"] !== "") {
				const login = sectionValues(values, GUI_MQTT)["csm-token"] !== "" || authIsOn(values);
				return { address, addresses: [], local_only: false, login };
			}
			const { http } = schemesOf(values);
			const inNetwork = lanAddresses().map((one) => `${http}://${one}:${ports().http}`);
			const addresses = isLocal(values) ? [] : inNetwork.filter((one) => one !== address);
			return { address, addresses, local_only: isLocal(values), login: authIsOn(values) };
		},
		drawToken: async ({ u_name }, days) => {
			if (!isBeside) {
				const reason =
					"devices register at another server: ask its administrator for a registration token";
				throw new Refusal(409, reason);
			}
			const base = u_name.slice(0, MAX_BASE_LENGTH);
			const expires_at = now() + days * DAY_S;
			const drawn = await makeToken(
				{ store, accounts },
				(taken, valid) => {
					const own = [...valid].filter((one) => isNumbered(one, base)).length;
					if (own >= MAX_TOKENS) throw tooMany(base);
					return freeName(base, taken);
				},
				now(),
				expires_at,
			);
			log.audit("registration token created", { user: u_name, name: drawn.name, days });
			return { ...drawn, expires_at };
		},
	};
}

function isNumbered(name: string, base: string): boolean {
	return name === base || /^-\d+$/.test(name.startsWith(base) ? name.slice(base.length) : "");
}

function tooMany(base: string): Refusal {
	return new Refusal(
		409,
		`you have ${MAX_TOKENS} registration tokens already: an administrator can end one with iotctl token revoke ${base}-2`,
	);
}
