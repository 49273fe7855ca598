import { join } from "node:path";
import type { Accounts } from "../auth/mod.ts";
import type { SetupDone, SetupRequest } from "../ccm/mod.ts";
import { type Logger, messageOf } from "../kit/mod.ts";
import {
	authIsOn,
	type Config,
	isLocal,
	lanAddresses,
	type Ports,
	schemesOf,
} from "../settings/mod.ts";
import type { StorePort } from "../store/mod.ts";
import type { Host } from "./host.ts";
import { changeIni, iniWords } from "./ini-file.ts";
import { freeName, makeToken } from "./registration-tokens.ts";

export interface OpeningDeps {
	readonly config: () => Config;
	readonly host: Host;
	readonly ports: () => Ports;
	readonly store: StorePort;
	readonly accounts: Accounts;
	/** Whether devices register here. */
	readonly hasDevices: boolean;
	/** Whether it is one of several nodes, whose ini would be the only one that changes. */
	readonly isNode: boolean;
	/** Devices that could not log in. */
	readonly devicesWithoutLogin: () => number;
	readonly log: Logger;
}

const OPEN = { core: { bind: "0.0.0.0", auth: "on" } };

/** Lets everyone in the network reach a server, with logins, when its new administrator wants it. */
export class Opening {
	readonly #deps: OpeningDeps;

	constructor(deps: OpeningDeps) {
		this.#deps = deps;
	}

	/** Never throws: what could not be done is left to people, in words. */
	async open(reach: SetupRequest["reach"]): Promise<SetupDone> {
		const { config, ports, hasDevices, devicesWithoutLogin } = this.#deps;
		const { http } = schemesOf(config());
		const isOpen = !isLocal(config()) && authIsOn(config());
		if (reach === "local" && !isOpen) {
			return { addresses: [`${http}://localhost:${ports().http}/gui/`], devices: 0 };
		}
		const hosts = lanAddresses().map((address) => `${http}://${address}:${ports().http}`);
		const [first = `${http}://localhost:${ports().http}`] = hosts;
		const addresses = hosts.map((host) => `${host}/gui/`);
		const token = hasDevices ? await this.#token() : undefined;
		return {
			addresses: addresses.length > 0 ? addresses : [`${first}/gui/`],
			devices: authIsOn(config()) ? 0 : devicesWithoutLogin(),
			...(token !== undefined && { token, token_address: `${first}/token/${token}` }),
			todo: isOpen ? undefined : this.#changeIni(),
		};
	}

	/** @returns what people have to do themselves. */
	#changeIni(): string | undefined {
		const { config, host, isNode, log } = this.#deps;
		if (isNode) {
			return `set ${iniWords(OPEN)} of the ini of each node of the cluster, then restart them one after the other`;
		}
		const { ini = join(config().core.userdir, "iotctl.ini"), restart } = host;
		const byHand = `set ${iniWords(OPEN)} of ${ini}, then restart the server`;
		try {
			changeIni(ini, OPEN);
		} catch (error) {
			log.warn("cannot change the ini", { ini, reason: messageOf(error) });
			return byHand;
		}
		log.audit("opened to the network", { ini });
		if (restart === undefined) return "restart the server: only then others reach it";
		restart.call(host, ini);
		return undefined;
	}

	/** A registration token for the devices; undefined: it could not be stored, and people make one themselves. */
	async #token(): Promise<string | undefined> {
		const { store, accounts, log } = this.#deps;
		try {
			const name = (taken: ReadonlySet<string>) => freeName("setup", taken);
			return (await makeToken({ store, accounts }, name, Date.now() / 1000, null)).token;
		} catch (error) {
			log.error("cannot store a registration token", { reason: messageOf(error) });
			return undefined;
		}
	}
}
