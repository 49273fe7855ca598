// A reconciler at a CSM model, without a wire: answers come late, or never; clocks run a thousand times as fast.
import { desiredGraphs } from "../../../src/ccm/plan/desired.ts";
import type { GraphSpec } from "../../../src/ccm/plan/graph-spec.ts";
import { Reconciler } from "../../../src/ccm/reconciler/reconciler.ts";
import type { GraphAtCsm } from "../../../src/ccm/store/port.ts";
import type { CsmDevice, DeviceEvent, GraphRequest, Outcome } from "../../../src/csm-client/mod.ts";
import { outcomeOf } from "../../../src/csm-client/outcome.ts";
import type { Clock } from "../../../src/kit/mod.ts";
import { quietLog } from "../../support/log.ts";
import { until } from "../../support/waiting.ts";
import { CsmModel, type ModelOptions } from "./csm-model.ts";
import { uuid } from "./documents.ts";
import type { EditedProject } from "./random-edits.ts";

class FastClock implements Clock {
	readonly #timers = new Set<Timer>();

	/** Calls that are planned. */
	get pending(): number {
		return this.#timers.size;
	}

	now(): number {
		return performance.now() * 1000;
	}

	after(ms: number, call: () => void): () => void {
		const timer = setTimeout(() => {
			this.#timers.delete(timer);
			call();
		}, ms / 1000);
		this.#timers.add(timer);
		return () => {
			this.#timers.delete(timer);
			clearTimeout(timer);
		};
	}
}

/** A directory that says what it is told to. */
export class FakeDirectory {
	readonly devices = new Map<string, CsmDevice>();
	#listeners: ((event: DeviceEvent) => void)[] = [];

	constructor(devices: number) {
		for (let number = 0; number < devices; number++) this.devices.set(uuid(number), device(number));
	}

	onEvent(listener: (event: DeviceEvent) => void): void {
		this.#listeners.push(listener);
	}

	attach(): void {
		this.tell({ type: "resync", devices: this.devices });
	}

	tell(event: DeviceEvent): void {
		for (const listener of this.#listeners) listener(event);
	}

	/** A new program listens; the old one is gone. */
	forgetListeners(): void {
		this.#listeners = [];
	}
}

export function device(number: number): CsmDevice {
	return {
		id: uuid(number),
		name: `device ${number}`,
		presence: "online",
		model: "Model",
		profile: {},
		registerTime: 0,
		origin: null,
	};
}

export class Rig {
	readonly model: CsmModel;
	readonly directory: FakeDirectory;
	readonly clock = new FastClock();
	readonly #ownClock: Clock | undefined;
	/** Answers in the place of the model, where it has one. */
	interferes: (request: GraphRequest) => Outcome | undefined = () => undefined;
	/** Requests that reached the model, in order. */
	readonly sent: { readonly graph: string; readonly request: GraphRequest }[] = [];
	/** What becomes of a request: lost on its way, or its answer. */
	fate: () => "request lost" | "answer lost" | "answered" = () => "answered";
	reconciler: Reconciler;
	#life = 0;
	/** Graphs CSM may have, as a store would keep them. */
	readonly ledger = new Map<string, GraphAtCsm>();

	/** @param clock The reconciler's; a thousand times as fast as the machine's unless a test has its own. */
	constructor(options: ModelOptions = {}, devices = 5, clock?: Clock) {
		this.#ownClock = clock;
		this.directory = new FakeDirectory(devices);
		this.model = new CsmModel({ ...options, knows: (daId) => this.directory.devices.has(daId) });
		this.reconciler = this.#start();
	}

	/** Tells the reconciler what a project wants, and the ledger before. */
	update(person: EditedProject): void {
		this.want(person.document.p_id, wanted(person));
	}

	/** The same with specifications. */
	want(project: number, specs: readonly GraphSpec[]): void {
		for (const { graph } of specs) {
			if (!this.ledger.has(graph)) this.ledger.set(graph, { graph, links: [], settled: "" });
		}
		this.reconciler.update(project, specs);
	}

	/**
	 * CCM ends, with what is on its way, and another one begins.
	 * @param update Tells the new one what is wanted.
	 */
	restart(update: () => void): void {
		this.reconciler.stop();
		this.#life += 1;
		this.directory.forgetListeners();
		this.reconciler = this.#start();
		this.reconciler.recall(this.ledger.values());
		update();
		this.directory.attach();
	}

	/** Operations, without questions, since the last look. */
	takeOps(): string[] {
		const ops = this.sent.splice(0).map(({ request }) => request.op);
		return ops.filter((op) => op !== "get_graph");
	}

	/** Waits until all is done that can be done. */
	async settle(): Promise<void> {
		await until(() => this.reconciler.isSettled, "the graphs", {
			seen: () => JSON.stringify(this.sent.slice(-6)),
		});
	}

	#start(): Reconciler {
		const { directory } = this;
		const clock = this.#ownClock ?? this.clock;
		const ask = (graph: string, request: GraphRequest) => this.#ask(graph, request);
		const reconciler = new Reconciler({ ask, directory, clock, log: quietLog });
		const life = this.#life;
		reconciler.onGone((graph) => this.ledger.delete(graph));
		reconciler.keepBy(async (graph) => {
			await new Promise((resolve) => setImmediate(resolve));
			if (life === this.#life) this.ledger.set(graph.graph, graph);
		});
		reconciler.start();
		return reconciler;
	}

	async #ask(graph: string, request: GraphRequest): Promise<Outcome> {
		const lost: Outcome = { kind: "lost", reason: "no answer" };
		const life = this.#life;
		await new Promise((resolve) => setImmediate(resolve));
		const fate = this.fate();
		if (fate === "request lost" || life !== this.#life) return lost;
		this.sent.push({ graph, request });
		const interference = this.interferes(request);
		if (interference !== undefined) return interference;
		const reply = this.model.handle(graph, JSON.parse(JSON.stringify(request)));
		await new Promise((resolve) => setImmediate(resolve));
		return reply === undefined || fate === "answer lost" ? lost : outcomeOf(reply);
	}
}

/** What an edited project wants now. */
export function wanted({ document, functions }: EditedProject): GraphSpec[] {
	return desiredGraphs(document, (id) => functions.get(id));
}
