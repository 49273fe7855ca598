import { resolve } from "node:path";
import { BrokerAnswers, SharedSecret, type StoredDevices } from "../auth/mod.ts";
import { ConfigError } from "../kit/mod.ts";
import type { Config } from "../settings/mod.ts";
import { firstLineOf, ownPassword } from "./external-broker-options.ts";
import type { Core } from "./module.ts";

const KEY = "auth-key-file";
const VARIABLE = "IOTCTL_BROKER_KEY";
/** No one guesses so many, however often they may try. */
const LEAST = 24;
/** Stands in a URL as it is. */
const IN_URL = /^[\w.~-]*$/;

const GUESS = "login refused: wrong password for this server's own name at the broker";

/**
 * The key with which an external broker may ask about logins and topics; undefined: none may.
 * @throws ConfigError when its file cannot be read, or it is not one.
 */
function brokerKeyOf({ core, "core-mqtt": mqtt }: Config): string | undefined {
	const file = mqtt[KEY];
	const key = file === "" ? process.env[VARIABLE] : firstLineOf(resolve(core.userdir, file), KEY);
	if (key === undefined || (key === "" && file === "")) return undefined;
	if (key.length >= LEAST && IN_URL.test(key)) return key;
	const where = file === "" ? `in ${VARIABLE}` : `in "${file}" (${KEY} in [core-mqtt])`;
	throw new ConfigError(
		`the key ${where} must have at least ${LEAST} letters, digits or . _ ~ -, and nothing else; draw one with: openssl rand -hex 24`,
	);
}

/**
 * Whether a broker may ask: then all who may log in at ours get a login for it.
 * @param modules Those of the server.
 * @throws ConfigError when the key cannot be read, or is not one.
 */
export function mayBeAsked(modules: readonly string[], config: Config): boolean {
	return modules.includes("csm") && brokerKeyOf(config) !== undefined;
}

/**
 * What answers an external broker; undefined: none may ask.
 * @param stored Of a node of a cluster.
 * @throws ConfigError when the key or the server's own password cannot be read.
 */
export function brokerQuestions(
	{ current, auth, grants, log: all }: Core,
	stored: StoredDevices | undefined,
) {
	const config = current.values;
	const key = brokerKeyOf(config);
	if (key === undefined) return undefined;
	const log = all.component("auth");
	const { broker, username } = config["core-mqtt"];
	const password = broker === "external" ? ownPassword(config["core-mqtt"]) : "";
	return {
		key: new SharedSecret(key, "a broker asks without the right key", log),
		answers: new BrokerAnswers({
			...{ auth, grants, stored },
			own:
				username === "" || password === ""
					? undefined
					: { username, password: new SharedSecret(password, GUESS, log) },
		}),
		log,
	};
}
