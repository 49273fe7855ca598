import { CCM_PORT, GUI, GUI_DB, GUI_MQTT, GUI_WS } from "../ccm/config.ts";
import { sectionValues } from "../config/mod.ts";
import type { Config, Listener } from "../settings/mod.ts";
import { isPostgres } from "../store/mod.ts";

/** How the original writes a file of SQLite. */
const SQLITE_URL = /^sqlite:\/\/\//;

/**
 * The configuration of `start ccm`: a client of another server's broker, with a database and an HTTP port of its own.
 * Everything else is as in the ini.
 */
export function ccmAlone(config: Config): Config {
	const gui = sectionValues(config, GUI);
	const mqtt = sectionValues(config, GUI_MQTT);
	const ws = sectionValues(config, GUI_WS);
	const url = sectionValues(config, GUI_DB).url.replace(SQLITE_URL, "");
	return {
		...config,
		core: {
			...config.core,
			bind: gui.bind || config.core.bind,
			"http-port": gui.port === "" ? CCM_PORT : Number(gui.port),
		},
		"core-db": {
			...config["core-db"],
			...{ url, type: isPostgres(url) ? "postgres" : "sqlite", "listen-url": "" },
		},
		databaseSetting: "url in [gui-db]",
		"core-mqtt": {
			...config["core-mqtt"],
			broker: "external",
			scheme: mqtt.scheme,
			host: mqtt.host,
			port: mqtt.port,
			connect: "",
			username: mqtt.username,
			password: mqtt.password,
			"password-file": mqtt["password-file"],
			ca: mqtt.ca,
		},
		"core-ws": { ...config["core-ws"], scheme: ws.scheme, host: ws.host, port: ws.port },
	};
}

/** The port CCM has beside other modules, where `[gui]` names one. */
export function secondPort(config: Config, isAlone: boolean): Listener[] {
	const { port, bind } = sectionValues(config, GUI);
	if (port === "" || isAlone) return [];
	const where = { port: Number(port), bind: bind || config.core.bind };
	return [{ what: "second HTTP", setting: "port in [gui]", ...where }];
}
