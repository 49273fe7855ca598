import { resolve } from "node:path";
import { onReloadAsked, PidFile, serviceManager, untilAskedToStop } from "../daemon/mod.ts";
import { type Logger, messageOf, VERSION } from "../kit/mod.ts";
import { guiAlone, loadGui } from "../servers/mod.ts";
import { openServerLog } from "./open-log.ts";
import type { GlobalOptions } from "./options.ts";
import { iniText, readConfig, say } from "./read-config.ts";

/**
 * `iotctl start gui`: the editor for the project manager of another server, until SIGINT or SIGTERM.
 * @param logPath File the log goes to instead of standard error.
 * @throws ConfigError when it cannot start.
 */
export async function startGui(options: GlobalOptions, logPath?: string): Promise<void> {
	const config = guiAlone(readConfig(options));
	process.umask(0o077);
	const all = openServerLog(config, logPath);
	const log = all.component("server");
	const GuiServer = await loadGui();
	const server = new GuiServer(config, all);
	const pidFile = PidFile.take(config.core.userdir);
	const manager = serviceManager(process.env);
	try {
		server.start();
		pidFile.describe({
			...{ http: server.localAddress, mqtt: "", key: server.localKey },
			ini: options.config === undefined ? null : resolve(options.config),
			manager: process.env.NOTIFY_SOCKET === undefined ? null : "systemd",
			servers: ["gui"],
		});
	} catch (error) {
		await server.stop();
		pidFile.release();
		throw error;
	}
	say(options, banner(server, iniText(options), logPath !== undefined));
	log.info("ready", { http: server.address, ccm: server.ccm });
	onReloadAsked(() => reload(server, log));
	manager.tell("READY=1", `STATUS=editor for ${server.ccm}`);
	const alive = manager.feedEveryMs;
	const feeding =
		alive === undefined ? undefined : setInterval(() => manager.tell("WATCHDOG=1"), alive);
	const signal = await untilAskedToStop();
	log.info("stopping", { signal });
	clearInterval(feeding);
	manager.tell("STOPPING=1", "STATUS=finishing");
	await server.stop();
	log.info("stopped");
	pidFile.release();
	all.flush();
	process.exit(0);
}

/** What changes in the ini counts from the next start on. */
function reload(server: { reload(): void }, log: Logger): void {
	try {
		server.reload();
		log.info("certificate reloaded; settings take effect at the next start");
	} catch (error) {
		log.error("cannot load the new certificate, keeping the current one", {
			reason: messageOf(error),
		});
	}
}

/** Where the editor and its projects are. */
interface Where {
	readonly address: string;
	readonly secureAddress: string | undefined;
	readonly ccm: string;
}

function banner({ address, secureAddress, ccm }: Where, ini: string, isDetached: boolean): string {
	const secure =
		secureAddress === undefined ? "" : `  ├─ HTTPS      ${secureAddress}   the same, for phones\n`;
	return `IoTtalk ${VERSION}, the editor, is running (pid ${process.pid}). Stop it with: ${isDetached ? "iotctl stop" : "Ctrl-C"}

  ├─ HTTP       ${address}   open it in a browser
${secure}  ├─ Projects   ${ccm}   the project manager it is for
  └─ Ini        ${ini}

`;
}
