import { guiTopics, pageOf } from "../../contract/mod.ts";
import { isJsonObject, KeyedQueue, messageOf } from "../../kit/mod.ts";
import type { BrokerMessage, Unsubscribe } from "../../mqtt/mod.ts";
import type { DeviceNotice } from "../devices/device-register.ts";
import { GuiAdapter, type GuiMessage } from "../service/gui-adapter.ts";
import type { Person, ProjectNews } from "../service/operation.ts";
import { type Announcement, aboutDevices, aboutProject } from "./announcements.ts";
import { type AttachedPage, newPage, PageIdentities, personOf } from "./attached-page.ts";
import { PageMonitors } from "./page-monitors.ts";
import type { PageApiDeps } from "./page-ports.ts";
import { readRequest } from "./page-request.ts";
import { PageSweep } from "./page-sweep.ts";
import { RequestRate } from "./request-rate.ts";

/** Pages at once. */
const MAX_PAGES = 2000;
/** Requests of one page that are not answered yet. */
export const MAX_IN_FLIGHT = 32;
/** Of the requests of all pages. */
const MAX_BYTES_IN_FLIGHT = 64 << 20;
const TOO_MANY = "too many requests: wait a second";
const NOT_ATTACHED = { op: "anno", state: "Authentication Fail" };

type Sender = BrokerMessage["connection"];

/**
 * The page API over MQTT (`ccm-gui.md §5`): an adapter over the operations that REST reaches too. Who asks is known by the
 * token a request quotes; requests of one page are carried out in their order.
 */
export class PageApi {
	readonly #deps: PageApiDeps;
	readonly #adapter: GuiAdapter;
	readonly #pages = new Map<string, AttachedPage>();
	readonly #identities: PageIdentities;
	readonly #monitors: PageMonitors;
	readonly #rate: RequestRate;
	readonly #sweep: PageSweep;
	readonly #turns = new KeyedQueue();
	/** Senders a broker does not tell apart. */
	readonly #unknown = {};
	#bytesInFlight = 0;
	#unsubscribe: Unsubscribe | undefined;
	#isStopped = false;

	constructor(deps: PageApiDeps) {
		this.#deps = deps;
		this.#adapter = new GuiAdapter(deps.service);
		this.#identities = new PageIdentities(deps.logins);
		this.#monitors = new PageMonitors(deps);
		this.#rate = new RequestRate(() => deps.clock.now());
		this.#sweep = new PageSweep(deps, {
			pages: () => this.#pages.values(),
			loggedOut: (page) => this.#loggedOut(page),
			lostJoin: (page, naId) => this.#monitors.close(page, naId),
		});
	}

	/** Begins to answer; before the broker opens, so that pages are told apart from the first on. */
	async start(): Promise<void> {
		const { mqtt, servePages } = this.#deps;
		servePages((page) => this.#left(page));
		this.#unsubscribe = await mqtt.subscribe(guiTopics("+").req, (message) =>
			this.#onMessage(message),
		);
		this.#sweep.start();
	}

	/** Answers what is being carried out, and nothing more. */
	async stop(): Promise<void> {
		this.#isStopped = true;
		this.#sweep.stop();
		await this.#unsubscribe?.();
		await this.#turns.idle();
		for (const page of this.#pages.values()) this.#monitors.closeAll(page);
	}

	/** A project has changed. */
	projectChanged(news: ProjectNews): void {
		if (news.kind === "changes") this.#announce(() => aboutProject(this.#deps.store, news));
	}

	/** Devices came, went or deregistered. */
	devicesChanged(notices: readonly DeviceNotice[]): void {
		this.#announce(() => aboutDevices(this.#deps.store, notices));
	}

	#onMessage({ topic, payload, retained, connection }: BrokerMessage): void {
		const id = pageOf(topic);
		if (id === undefined || retained || this.#isStopped) return;
		// The last will of one that has left, and nothing is left to end.
		if (connection?.isOpen === false) return;
		const rate = this.#rate.take(
			connection ?? this.#pages.get(id) ?? this.#unknown,
			payload.length,
		);
		if (rate === "ignore") return;
		const request = rate === "refuse" ? TOO_MANY : readRequest(payload);
		const reply =
			typeof request === "string"
				? { op: "anno", state: "error", msg: request }
				: this.#take(id, connection, request, payload.length);
		if (reply !== undefined) this.#send(id, reply);
	}

	/** @returns what is answered at once; undefined: the answer comes in its turn. */
	#take(
		id: string,
		connection: Sender,
		request: GuiMessage,
		bytes: number,
	): GuiMessage | undefined {
		if (request.op === "attach") return this.#attach(id, connection, request);
		const page = this.#pages.get(id);
		const isTheirs = page !== undefined && page.connection === connection;
		if (request.op === "detach") {
			if (isTheirs) this.#left(id);
			return { ...request, state: "ok" };
		}
		if (!isTheirs) return NOT_ATTACHED;
		if (page.inFlight >= MAX_IN_FLIGHT) {
			return refusal(request, `more than ${MAX_IN_FLIGHT} requests wait for their answers`);
		}
		if (this.#bytesInFlight + bytes > MAX_BYTES_IN_FLIGHT) return refusal(request, TOO_MANY);
		page.inFlight += 1;
		this.#bytesInFlight += bytes;
		void this.#turns.run(id, async () => {
			await this.#carryOut(page, request);
			page.inFlight -= 1;
			this.#bytesInFlight -= bytes;
		});
		return undefined;
	}

	/** A page that says at once who it is hears announcements from the first on. */
	#attach(id: string, connection: Sender, request: GuiMessage): GuiMessage | undefined {
		const known = this.#pages.get(id);
		if (known !== undefined && known.connection !== connection) this.#left(id);
		const isThere = this.#pages.has(id);
		if (!isThere && this.#pages.size >= MAX_PAGES && !this.#forgetOldest()) {
			return refusal(request, `more than ${MAX_PAGES} pages are attached`);
		}
		const page = this.#pages.get(id) ?? newPage(id, connection);
		this.#pages.set(id, page);
		void this.#turns.run(id, async () => {
			try {
				await this.#identities.identify(page, request._id);
			} catch (error) {
				this.#failed("attach", error);
			}
			this.#send(id, { ...request, state: "ok" });
		});
		return undefined;
	}

	/** Another broker does not tell who has left. @returns whether there is room then. */
	#forgetOldest(): boolean {
		const [oldest] = this.#pages.values();
		if (oldest === undefined || oldest.connection !== null) return false;
		this.#left(oldest.id);
		return true;
	}

	async #carryOut(page: AttachedPage, request: GuiMessage): Promise<void> {
		const { id } = page;
		try {
			const person = await this.#identities.identify(page, request._id);
			const reply = await this.#adapter.answer(request, person);
			this.#send(id, reply);
			if (reply.op === "get_na_monitor" && reply.state === "ok") this.#monitor(page, request);
		} catch (error) {
			this.#failed(request.op, error);
			this.#send(id, refusal(request, "internal error"));
		}
	}

	/** CSM may take its time: other requests of the page do not wait for it. */
	#monitor(page: AttachedPage, { data }: GuiMessage): void {
		const naId = isJsonObject(data) ? Number(data.na_id) : 0;
		const isThere = this.#pages.get(page.id) === page && personOf(page) !== null;
		if (!isThere) return;
		this.#monitors.open(page, naId, (topic) =>
			this.#send(page.id, { op: "anno", type: "monitor_anno", data: topic }),
		);
	}

	/** The page has detached, or its connection has ended. */
	#left(id: string): void {
		const page = this.#pages.get(id);
		if (page === undefined) return;
		this.#pages.delete(id);
		this.#monitors.closeAll(page);
		if (page.connection?.isOpen !== true) this.#identities.left(page);
	}

	/** The page's session has ended, or its account may not log in any more. */
	#loggedOut(page: AttachedPage): void {
		this.#monitors.closeAll(page);
		this.#send(page.id, NOT_ATTACHED);
		this.#identities.left(page);
		page.login = undefined;
	}

	#announce(made: () => Promise<readonly Announcement[]>): void {
		const isHeard = this.#pages.values().some(({ login }) => login !== undefined);
		if (!isHeard || this.#isStopped) return;
		void this.#turns.run("announcements", async () => {
			try {
				for (const { type, data, isFor } of await made()) {
					const message = { op: "anno", type, data };
					for (const page of this.#pages.values()) {
						const person = personOf(page);
						if (person !== null && hears(person, isFor)) this.#send(page.id, message);
					}
				}
			} catch (error) {
				this.#failed("anno", error);
			}
		});
	}

	#send(id: string, message: GuiMessage): void {
		this.#deps.mqtt
			.publish(guiTopics(id).res, JSON.stringify(message), { qos: 2 })
			.catch((error: unknown) => this.#failed("answer", error));
	}

	#failed(op: unknown, error: unknown): void {
		const reason = messageOf(error);
		this.#deps.log.error("the page API failed", { op: String(op).slice(0, 50), reason });
	}
}

function refusal(request: GuiMessage, msg: string): GuiMessage {
	return { ...request, state: "error", msg };
}

function hears(person: Person, isFor: (person: Person) => boolean): boolean {
	return person.role === "admin" || isFor(person);
}
