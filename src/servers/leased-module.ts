import type { Lease, PartitionUser } from "../cluster/mod.ts";
import type { CallPasser, Route, RouteContext } from "../http/mod.ts";
import { type Clock, KeyedQueue, type Logger, messageOf, pause } from "../kit/mod.ts";
import type { ExternalBroker } from "../mqtt/mod.ts";
import type { StorePort } from "../store/mod.ts";
import type { BuiltModule, Core } from "./module.ts";
import { opened, PartList, part } from "./part-list.ts";

export interface LeasedModuleOptions {
	/** Time it gets to finish what is in progress. */
	readonly finishMs: number;
	/** Routes that every node answers by itself, such as those of pages: `METHOD /path`. */
	readonly everywhere: ReadonlySet<string>;
}

export interface LeasedModuleDeps {
	/** Makes the module; nothing of one that was made before is used again. */
	readonly build: (core: Core) => BuiltModule;
	readonly core: Core;
	/** What a module works with while it has a lease. */
	readonly under: (lease: Lease) => { readonly broker: ExternalBroker; readonly store: StorePort };
	/** Passes requests on. @param isHere Whether this node answers. */
	readonly passer: (isHere: () => boolean) => CallPasser;
	readonly clock: Clock;
	readonly log: Logger;
}

/** The module under a lease. */
interface Run {
	readonly lease: Lease;
	readonly broker: ExternalBroker;
	readonly store: StorePort;
	/** The lease is gone, or being given away. */
	isOver: boolean;
	/** Undefined until it is started. */
	started: { readonly module: BuiltModule; readonly parts: PartList } | undefined;
}

/** Before what could not be started is started again. */
const RETRY_MS = 1000;
/** Keeps the order of what begins and ends. */
const ONE = "";

/**
 * A module that runs on one node of a cluster at a time, whose requests the others pass on. It is built again for each lease:
 * what a former one has in memory is not what the database says by now.
 */
export class LeasedModule implements PartitionUser {
	readonly #options: LeasedModuleOptions;
	readonly #deps: LeasedModuleDeps;
	/** Never started: it has what is the same for each. */
	readonly #idle: BuiltModule;
	readonly #passer: CallPasser;
	readonly #queue = new KeyedQueue();
	#run: Run | undefined;
	/** By method and path. */
	#routes = new Map<string, Route>();

	constructor(options: LeasedModuleOptions, deps: LeasedModuleDeps) {
		this.#options = options;
		this.#deps = deps;
		this.#idle = deps.build(deps.core);
		this.#passer = deps.passer(() => this.#current !== undefined);
	}

	/** As a module of a server. */
	get module(): BuiltModule {
		const idle = this.#idle;
		const { http, cautions, offers } = idle;
		const shown = () => this.#current ?? idle;
		return {
			...(http !== undefined && { http }),
			...(cautions !== undefined && { cautions: () => cautions() }),
			...(offers !== undefined && { offers }),
			parts: [{ name: "requests passed on", finish: () => this.#passer.stop() }],
			routes: idle.routes.map((route) => this.#routed(route)),
			problems: () => this.#problems,
			metrics: () => shown().metrics(),
			...(idle.view !== undefined && { view: () => shown().view?.() ?? {} }),
		};
	}

	gained(lease: Lease): void {
		const run = { lease, ...this.#deps.under(lease), isOver: false, started: undefined };
		this.#run = run;
		void this.#queue.run(ONE, () => this.#begin(run));
	}

	async release(lease: Lease): Promise<void> {
		const run = this.#over(lease);
		if (run !== undefined) await this.#queue.run(ONE, () => this.#end(run));
	}

	lost(lease: Lease): void {
		const run = this.#over(lease);
		run?.broker.cut();
		if (run !== undefined) void this.#queue.run(ONE, () => this.#end(run));
	}

	/** What answers requests here; undefined: another node does. */
	get #current(): BuiltModule | undefined {
		return this.#run?.isOver === false ? this.#run.started?.module : undefined;
	}

	get #problems(): string[] {
		if (this.#run === undefined || this.#run.isOver) return [];
		return this.#current?.problems() ?? ["projects are being taken over"];
	}

	#over({ token }: Lease): Run | undefined {
		const run = this.#run;
		if (run?.lease.token !== token) return undefined;
		run.isOver = true;
		return run;
	}

	async #begin(run: Run): Promise<void> {
		const { core, build, clock, log } = this.#deps;
		const { broker, store } = run;
		for (let level: "warn" | "debug" = "warn"; !run.isOver; level = "debug") {
			const module = build({ ...core, broker, store });
			const inOrder = [...module.parts, part("broker", broker), ...module.parts.flatMap(opened)];
			const parts = new PartList(inOrder, log, this.#options.finishMs);
			try {
				await parts.start();
				this.#routes = new Map(module.routes.map((route) => [keyOf(route), route]));
				run.started = { module, parts };
				log.info("projects are served by this node");
				return;
			} catch (error) {
				// It is tried again and again: once is enough to say so.
				log[level]("cannot begin with projects yet", { reason: messageOf(error) });
				await pause(clock, RETRY_MS);
			}
		}
	}

	async #end({ started }: Run): Promise<void> {
		await started?.parts.stop();
	}

	#routed(route: Route): Route {
		const key = keyOf(route);
		if (this.#options.everywhere.has(key)) return route;
		const current = () => this.#routes.get(key) ?? route;
		return {
			...route,
			passOn: (context: RouteContext) => this.#passer.pass(context, route.refuse),
			admit: (context) => current().admit?.(context),
			answer: (context, body) => current().answer(context, body),
		};
	}
}

/** What a route is known by among those of its module. */
export function keyOf({ method, path }: Pick<Route, "method" | "path">): string {
	return `${method} ${path}`;
}
