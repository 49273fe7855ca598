import { type DeviceDirectory, type GraphClient, Retry } from "../../csm-client/mod.ts";
import { type Clock, type Logger, messageOf } from "../../kit/mod.ts";
import type { DeviceRegister } from "../devices/device-register.ts";
import type { Simulation } from "../simulation/simulation.ts";
import type { ProjectDriver } from "./project-driver.ts";
import type { Reconciler } from "./reconciler.ts";

export interface ControlDeps {
	readonly register: DeviceRegister;
	readonly reconciler: Reconciler;
	readonly driver: ProjectDriver;
	/** Without it nothing is simulated. */
	readonly simulation?: Pick<Simulation, "start" | "take" | "stop">;
	readonly directory: DeviceDirectory;
	readonly client: GraphClient;
	readonly clock: Clock;
	readonly log: Logger;
}

/**
 * Starts and stops what drives a CSM, in the one order in which nothing is missed: listeners first, then projects, and
 * only then the directory, whose first list lets the reconciler begin.
 */
export class Control {
	readonly #deps: ControlDeps;
	readonly #retry: Retry;
	#problem: string | undefined;
	#isStopped = false;
	#begun: Promise<void> = Promise.resolve();

	constructor(deps: ControlDeps) {
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => this.begin());
	}

	/** Why projects are not driven; undefined while they are. */
	get problem(): string | undefined {
		return this.#problem ?? this.#deps.directory.problem;
	}

	/** Listens; nothing is asked yet. */
	async listen(): Promise<void> {
		const { register, reconciler, simulation, directory, client } = this.#deps;
		directory.onEvent((event) => register.take(event));
		directory.onEvent((event) => simulation?.take(event));
		reconciler.start();
		await client.start();
	}

	/** Begins with what the store has. Does not wait for it: data flow meanwhile. A store that fails is asked again. */
	begin(): void {
		this.#begun = this.#load();
	}

	/** Asks nothing more; graphs stay as they are, so that data flow on. */
	async stop(): Promise<void> {
		const { register, reconciler, driver, simulation, directory, client } = this.#deps;
		this.#isStopped = true;
		this.#retry.reset();
		const simulated = simulation?.stop();
		reconciler.stop();
		client.stop();
		await Promise.all([driver.stop(), this.#begun, simulated]);
		await directory.stop();
		await register.stop();
	}

	async #load(): Promise<void> {
		const { driver, simulation, directory, log } = this.#deps;
		try {
			await driver.start();
			await simulation?.start();
			if (!this.#isStopped) await directory.start();
			this.#problem = undefined;
			this.#retry.reset();
		} catch (error) {
			this.#problem = `cannot load projects: ${messageOf(error)}`;
			log.error("cannot load projects, trying again", { reason: messageOf(error) });
			if (!this.#isStopped) this.#retry.failed();
		}
	}
}
