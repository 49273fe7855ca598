import { Elysia, NotFoundError } from "elysia";
import type { OriginRules } from "../auth/mod.ts";
import { type BrokerAddress, DeviceRoutes, type Devices } from "../csm/mod.ts";
import { InvariantError, type Logger } from "../kit/mod.ts";
import { addStatusRoutes, type PagePort, type StatusPort } from "../status/mod.ts";
import { RenewableListener, type TlsKeys } from "../tls/mod.ts";
import {
	AccessError,
	type Admin,
	type AuthPort,
	HttpAccess,
	needAdmin,
	type Shown,
	type Visitor,
} from "./access.ts";
import { BodyReader, type BodyReaderOptions } from "./body.ts";
import { type Call, readCall } from "./call.ts";
import { Failures } from "./failures.ts";
import { HttpListener, type Incoming } from "./http-listener.ts";
import { isFromOurPage, PageLogin, wantsForm } from "./page-login.ts";
import { json, reject } from "./replies.ts";

export interface HttpOptions extends BodyReaderOptions {
	/** Address to bind to. */
	bind: string;
	/** 0 takes any free port. */
	port: number;
	/** Whether browsers reach the server encrypted, by its own certificate or a proxy's. */
	isEncrypted: boolean;
	/** The certificate of now; undefined: nothing is encrypted. */
	tls: (() => TlsKeys) | undefined;
	/** Path a reverse proxy puts before `/<uuid>`, such as `/csm`; empty for none. */
	prefix: string;
}

export interface HttpDeps {
	readonly devices: Devices;
	readonly brokerAddress: () => BrokerAddress;
	readonly status: StatusPort;
	readonly page: PagePort;
	readonly auth: AuthPort;
	readonly origins: OriginRules;
	/** Whether devices log in at our broker with what PUT answers. */
	readonly hasOwnBroker: boolean;
	readonly log: Logger;
}

/** Where the original is usually published, behind a proxy or not. */
const USUAL_PREFIX = "/csm";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The HTTP resource access API: devices register here (`csm.md §2`). */
export class HttpApi {
	readonly #options: HttpOptions;
	readonly #devices: DeviceRoutes;
	readonly #status: StatusPort;
	readonly #page: PagePort;
	readonly #log: Logger;
	readonly #bodies: BodyReader;
	readonly #access: HttpAccess;
	readonly #login: PageLogin;
	readonly #origins: OriginRules;
	readonly #app: Elysia;
	readonly #failures: Failures;
	/** Calls in progress, by the request Elysia hands to the routes. */
	readonly #calls = new WeakMap<Request, Call>();
	readonly #door = new RenewableListener((port) => this.#listen(port));

	constructor(options: HttpOptions, deps: HttpDeps) {
		const { devices, brokerAddress, status, page, auth, origins, hasOwnBroker, log } = deps;
		this.#options = options;
		this.#access = new HttpAccess(auth);
		this.#status = status;
		this.#page = page;
		this.#bodies = new BodyReader(options);
		const { isEncrypted } = options;
		this.#login = new PageLogin(
			{ form: page.login, port: () => this.port, isEncrypted },
			auth,
			this.#bodies,
			log,
		);
		this.#devices = new DeviceRoutes({
			devices,
			bodies: this.#bodies,
			brokerAddress,
			asksForLogins: auth.isOn,
			hasOwnBroker,
		});
		this.#origins = origins;
		this.#log = log;
		this.#failures = new Failures(log, auth.isOn);
		this.#app = this.#routes();
	}

	/** The port in use. */
	get port(): number {
		return this.#door.port ?? this.#options.port;
	}

	/** @throws ListenError when the port cannot be had. */
	start(): void {
		this.#door.open(this.#options.port);
	}

	/** Listens anew with the certificate of now; requests in progress are finished. @throws ListenError */
	renewCertificate(): void {
		if (this.#options.tls !== undefined) this.#door.renew();
	}

	/** Takes no more connections until {@link resume}; requests in progress are finished. */
	pause(): void {
		this.#door.pause();
	}

	/** Takes connections again. @throws ListenError when the port is gone. */
	resume(): void {
		this.#door.resume();
	}

	/** Takes no more connections and answers the requests that are in progress. */
	finish(): Promise<void> {
		return this.#door.stopAccepting();
	}

	/** Closes what is left. */
	stop(): Promise<void> {
		return this.#door.close();
	}

	#listen(port: number): HttpListener {
		return new HttpListener(this.#options, port, (incoming) => this.#answer(incoming));
	}

	async #answer(incoming: Incoming): Promise<Response> {
		try {
			const call = readCall(incoming, this.#origins);
			if ("problem" in call) return reject(400, call.problem, idAtTheEndOf(incoming.target));
			this.#calls.set(call.request, call);
			return await this.#app.handle(call.request);
		} catch (error) {
			return this.#failures.internal(error, incoming.method);
		}
	}

	#routes(): Elysia {
		const app = new Elysia({ systemRouter: false, normalize: false });
		app.onError(({ error, request }) => this.#failure(error, request));
		const admitted = (request: Request, what: Shown) => this.#admitted(request, what);
		const refusePages = (request: Request) => this.#access.refusePages(this.#callOf(request));
		for (const prefix of new Set(["", USUAL_PREFIX, this.#options.prefix])) {
			const { status, page } = { status: this.#status, page: this.#page };
			addStatusRoutes(app, prefix, { status, page, admitted, refusePages });
			const plain = { parse: "none" as const };
			app.post(`${prefix}/login`, ({ request }) => this.#logIn(request), plain);
			app.post(`${prefix}/logout`, ({ request }) => this.#logOut(request), plain);
			app.post(
				`${prefix}/api/engine/restart`,
				({ request }) => this.#restartEngine(request),
				plain,
			);
			app.all(`${prefix}/:id`, ({ request, params }) => this.#route(request, params.id), plain);
			// For clients that put the id behind a fixed address, and cannot send a token otherwise.
			app.all(
				`${prefix}/token/:token/:id`,
				({ request, params }) => this.#route(request, params.id, params.token),
				plain,
			);
		}
		return app;
	}

	#callOf(request: Request): Call {
		const call = this.#calls.get(request);
		if (call === undefined) throw new InvariantError("a request came past the listener");
		return call;
	}

	#logIn(request: Request): Promise<Response> {
		const call = this.#callOf(request);
		this.#access.checkForm(call);
		return this.#login.login(call);
	}

	#logOut(request: Request): Response {
		this.#access.checkForm(this.#callOf(request));
		return this.#login.logout(request);
	}

	async #admitted(request: Request, what: Shown): Promise<() => boolean> {
		const { admin, isBySession } = await this.#admin(request, what);
		return () =>
			this.#access.isCurrent(admin) && (!isBySession || this.#login.visitor(request) !== undefined);
	}

	async #admin(request: Request, what: Shown): Promise<{ admin: Admin; isBySession: boolean }> {
		this.#access.checkHost(this.#callOf(request), what);
		const shown = await this.#visitor(request);
		const visitor = shown.kind === "nobody" ? (this.#login.visitor(request) ?? shown) : shown;
		needAdmin(visitor);
		return { admin: visitor, isBySession: visitor !== shown };
	}

	async #restartEngine(request: Request): Promise<Response> {
		const { admin } = await this.#admin(request, "pages");
		if (!isFromOurPage(request)) return reject(403, "accepted only from the server's own page");
		this.#status.restartEngine();
		if (this.#access.isOn) {
			const { remoteAddress: address } = this.#callOf(request);
			this.#log.audit("engine restart of an admin", { user: admin.name, address });
		}
		return json(200, { state: "ok" });
	}

	async #route(request: Request, given: string, token?: string): Promise<Response> {
		const id = given.toLowerCase();
		if (!UUID.test(id)) throw new NotFoundError();
		try {
			const visitor: Visitor =
				request.method === "OPTIONS" ? { kind: "nobody" } : await this.#visitor(request, token);
			const response = await this.#devices.handle(this.#callOf(request), id, visitor);
			if (visitor.kind === "admin") this.#audit(request, id, visitor, response.status);
			return response;
		} catch (error) {
			return this.#failures.answer(error, this.#callOf(request), id);
		}
	}

	/** Devices change themselves all the time; what an admin changes by hand is written down. */
	#audit(request: Request, id: string, { name }: Admin, status: number): void {
		if (!this.#access.isOn || request.method === "GET") return;
		const { remoteAddress: address } = this.#callOf(request);
		const fields = { user: name, method: request.method, da_id: id, status, address };
		this.#log.audit("request of an admin", fields);
	}

	#visitor(request: Request, token?: string): Promise<Visitor> {
		return this.#access.who(this.#callOf(request), token);
	}

	#failure(error: unknown, request: Request): Response {
		if (error instanceof NotFoundError)
			return reject(404, "unknown path: use /<uuid>, or open / in a browser");
		if (error instanceof AccessError && wantsForm(request, error)) {
			return this.#login.form(error.status, error.status === 429 ? error.message : "");
		}
		return this.#failures.answer(error, this.#callOf(request));
	}
}

function idAtTheEndOf(target: string): string | undefined {
	const [path = ""] = target.split("?", 1);
	const last = path.replace(/\/+$/, "").split("/").at(-1)?.toLowerCase() ?? "";
	return UUID.test(last) ? last : undefined;
}
