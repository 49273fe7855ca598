import { type DeviceEvent, Retry } from "../../csm-client/mod.ts";
import { type Cancel, type Clock, KeyedQueue, type Logger, messageOf } from "../../kit/mod.ts";
import type { MqttPort } from "../../mqtt/mod.ts";
import type { CcmStore } from "../store/port.ts";
import { simulationOf } from "./project-simulation.ts";
import { Removals } from "./removals.ts";
import { isSimulator, type SimulatedDevice, type SimulatorId } from "./simulated-devices.ts";
import { Simulator } from "./simulator.ts";
import { type Random, seededRandom } from "./values.ts";
import { type Registry, WatchedRegistry } from "./watched-registry.ts";

export interface SimulationOptions {
	/** Simulated devices of all projects; a reload may change it. */
	readonly maxDevices: number;
	/** What all values follow from, with the number of the device object. */
	readonly seed: number;
	/** Whether devices are deregistered at the end: not where CSM ends with them. */
	readonly leavesAtEnd: boolean;
}

export interface SimulationDeps {
	readonly store: CcmStore;
	readonly idOf: SimulatorId;
	readonly registry: Registry;
	readonly mqtt: Pick<MqttPort, "publish" | "subscribe">;
	readonly clock: Clock;
	readonly log: Logger;
}

/** Each device sends so often. */
const BEAT_MS = 1000;
/** Requests to CSM on their way. */
const LANES = 4;

/**
 * Simulated devices for the device objects of projects that simulate (`ccm-gui.md §11`). CSM sees them as any device, and
 * so do graphs; that they are bound follows from the project's document.
 */
export class Simulation {
	readonly #options: SimulationOptions;
	readonly #deps: SimulationDeps;
	readonly #turns = new KeyedQueue();
	readonly #lanes = new KeyedQueue();
	readonly #registry: WatchedRegistry;
	readonly #removals: Removals;
	readonly #retry: Retry;
	/** Projects that could not be read. */
	readonly #unread = new Set<number>();
	/** By project, in order. */
	readonly #wanted = new Map<number, readonly SimulatedDevice[]>();
	readonly #simulators = new Map<string, Simulator>();
	/** Whether CSM has told what it has. */
	#hasList = false;
	#isCut = false;
	#stopped = false;
	#beat: Cancel = () => {};

	constructor(options: SimulationOptions, deps: SimulationDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#retry = new Retry(deps.clock, () => this.#readAgain());
		const inTurn = (id: string, work: () => Promise<void>) => this.#inTurn(id, work);
		this.#registry = new WatchedRegistry(deps);
		this.#removals = new Removals({ ...deps, registry: this.#registry, inTurn });
	}

	/** Simulated devices that are online. */
	get online(): number {
		return [...this.#simulators.values()].filter(({ isOnline }) => isOnline).length;
	}

	/** Begins with what the store has; devices register when CSM has told its list. @throws when it cannot be read. */
	async start(): Promise<void> {
		const heads = await this.#deps.store.read(({ projects }) =>
			projects.heads({ status: "on", sim: "on" }),
		);
		// A start that fails elsewhere stops it meanwhile, and a beat would keep the process alive.
		if (this.#stopped) return;
		for (const { p_id } of heads) this.changed(p_id);
		this.#beat();
		this.#planBeat(this.#deps.clock.now() + BEAT_MS);
		await this.idle();
	}

	/** To be called when a project was changed or deleted. */
	changed(pId: number): void {
		void this.#turns.run("projects", () => this.#update(pId));
	}

	/** Takes an event of the directory. */
	take(event: DeviceEvent): void {
		if (this.#stopped) return;
		switch (event.type) {
			case "resync":
				this.#takeList(event.devices);
				return;
			case "registered":
				this.#simulators.get(event.device.id)?.told("registered");
				return;
			case "presence":
				if (event.device.presence === "nothing") return;
				this.#simulators.get(event.device.id)?.told(event.device.presence);
				return;
			case "gone":
				this.#simulators.get(event.id)?.told("gone");
		}
	}

	/** Resolves when it is known what all projects want. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	/** Sends nothing more; devices are deregistered where CSM stays. */
	async stop(): Promise<void> {
		this.#stopped = true;
		this.#beat();
		this.#retry.reset();
		this.#removals.stop();
		await this.idle();
		const { leavesAtEnd } = this.#options;
		const { log } = this.#deps;
		const registry = this.#registry;
		for (const simulator of this.#simulators.values()) simulator.stop();
		if (!leavesAtEnd) return;
		const ends = [...this.#simulators].map(async ([id, simulator]) => {
			const { rev } = await simulator.ended();
			if (rev !== undefined) await this.#inTurn(id, () => registry.deregister(id, rev));
		});
		for (const end of await Promise.allSettled(ends)) {
			if (end.status === "fulfilled") continue;
			// The next start finds it.
			log.debug("a simulated device stays registered", { reason: messageOf(end.reason) });
		}
	}

	async #update(pId: number): Promise<void> {
		if (this.#stopped) return;
		try {
			const { store, idOf } = this.#deps;
			const found = await store.read((tables) => simulationOf(tables, pId, idOf));
			if (found === undefined) this.#wanted.delete(pId);
			else this.#wanted.set(pId, found);
			this.#unread.delete(pId);
			if (this.#unread.size === 0) this.#retry.reset();
			this.#settle();
		} catch (error) {
			const level = this.#unread.size === 0 ? "error" : "debug";
			const fields = { p_id: pId, reason: messageOf(error) };
			this.#deps.log[level]("cannot read what to simulate, trying again", fields);
			this.#unread.add(pId);
			if (!this.#stopped) this.#retry.failed();
		}
	}

	#readAgain(): void {
		for (const pId of [...this.#unread]) this.changed(pId);
	}

	#takeList(devices: Extract<DeviceEvent, { type: "resync" }>["devices"]): void {
		this.#hasList = true;
		this.#settle();
		for (const [id, simulator] of this.#simulators) simulator.listed(devices.has(id));
		const { idOf } = this.#deps;
		for (const device of devices.values()) {
			if (this.#simulators.has(device.id) || !isSimulator(idOf, device)) continue;
			// Left by an end that came too fast.
			const { name, profile } = device;
			const registration = { name, idfs: [], odfs: [], profile };
			this.#removals.add(device.id, { registration, rev: undefined });
		}
	}

	/** Starts, changes and stops simulators until they are the wanted ones. */
	#settle(): void {
		if (!this.#hasList || this.#stopped) return;
		const wanted = this.#allWanted();
		for (const [id, simulator] of this.#simulators) {
			if (wanted.has(id)) continue;
			this.#simulators.delete(id);
			simulator.stop();
			void simulator.ended().then((device) => {
				if (!this.#simulators.has(id)) this.#removals.add(id, device);
			});
		}
		for (const [id, device] of wanted) {
			this.#removals.forget(id);
			const known = this.#simulators.get(id);
			if (known === undefined) this.#begin(device);
			else known.change(device);
		}
	}

	/** Of too many, those of the projects that were there first. */
	#allWanted(): Map<string, SimulatedDevice> {
		const all = [...this.#wanted].sort(([a], [b]) => a - b).flatMap(([, devices]) => devices);
		const { maxDevices } = this.#options;
		const isCut = all.length > maxDevices;
		if (isCut && !this.#isCut) {
			const fields = { wanted: all.length, limit: maxDevices };
			this.#deps.log.warn("not all device objects are simulated: max-simulated in [gui]", fields);
		}
		this.#isCut = isCut;
		return new Map(all.slice(0, maxDevices).map((device) => [device.id, device]));
	}

	#begin(device: SimulatedDevice): void {
		const simulator = new Simulator(device, {
			...this.#deps,
			registry: this.#registry,
			random: this.#randomFor(device),
			inTurn: (work) => this.#inTurn(device.id, work),
		});
		this.#simulators.set(device.id, simulator);
		simulator.start();
	}

	#randomFor({ do_id, seat }: SimulatedDevice): Random {
		const place = Math.imul(do_id, 0x01000193) + Math.imul(seat, 0x3504f333);
		return seededRandom(this.#options.seed + place);
	}

	#inTurn(id: string, work: () => Promise<void>): Promise<void> {
		return this.#lanes.run(String(Number.parseInt(id.slice(0, 8), 16) % LANES), work);
	}

	/** Beats do not add up where the process stood still. */
	#planBeat(at: number): void {
		const { clock } = this.#deps;
		this.#beat = clock.after(Math.max(0, at - clock.now()), () => {
			for (const simulator of this.#simulators.values()) simulator.send();
			this.#planBeat(Math.max(at, clock.now() - BEAT_MS) + BEAT_MS);
		});
	}
}
