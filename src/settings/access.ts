import type { Config } from "./config.ts";

/** Whether only this machine reaches the listeners. */
export function isLocal({ core }: Config): boolean {
	return core.bind.startsWith("127.") || core.bind === "::1" || core.bind === "localhost";
}

/** Whether logins are asked for: unless the ini says otherwise, as soon as others reach the server. */
export function authIsOn(config: Config): boolean {
	const { auth } = config.core;
	if (auth !== "auto") return auth === "on";
	return config.aaa.enable_mqtt_auth || !isLocal(config);
}

/** What the configuration leaves open, in words for people. */
export function cautions(config: Config): string[] {
	const { core, "core-mqtt": mqtt } = config;
	if (isLocal(config) || authIsOn(config)) return [];
	const what = mqtt.broker === "external" ? "HTTP is" : "HTTP and MQTT are";
	return [`${what} open to anyone who can reach ${core.bind}, without a login (auth = off)`];
}
