import type { Server } from "bun";
import { Elysia, NotFoundError } from "elysia";
import { InputError, InvariantError, ListenError, messageOf, StorageError } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import type { TlsKeys } from "../../tls/certificate.ts";
import { Door } from "../../tls/door.ts";
import type { Devices } from "../devices/devices.ts";
import {
	AccessError,
	type Admin,
	type AuthPort,
	HttpAccess,
	needAdmin,
	type Visitor,
} from "./access.ts";
import { BodyError, BodyReader, type BodyReaderOptions } from "./body.ts";
import { type BrokerAddress, DeviceRoutes } from "./device-routes.ts";
import { PageLogin, wantsForm } from "./page-login.ts";
import { reject } from "./replies.ts";
import { addStatusRoutes, type PagePort, type StatusPort } from "./status-routes.ts";

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
	/** Whether devices log in at our broker with what PUT answers. */
	readonly givesLogins: boolean;
	readonly log: Logger;
}

/** Silence after which a connection is closed. */
const IDLE_TIMEOUT_SECONDS = 30;

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
	readonly #door = new Door((port) => this.#listen(port));

	constructor(options: HttpOptions, deps: HttpDeps) {
		const { devices, brokerAddress, status, page, auth, givesLogins, log } = deps;
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
			givesLogins: givesLogins && auth.isOn,
		});
		this.#log = log;
	}

	/** The port in use. */
	get port(): number {
		return this.#door.listener?.port ?? this.#options.port;
	}

	/** @throws ListenError when the port cannot be had. */
	start(): void {
		this.#door.open(this.#options.port);
	}

	/** Listens anew with the certificate of now; requests in progress are finished. @throws ListenError */
	renewCertificate(): void {
		if (this.#options.tls !== undefined) this.#door.renew();
	}

	/** Takes no more connections and answers the requests that are in progress. */
	finish(): Promise<void> {
		return this.#door.stopAccepting();
	}

	/** Closes what is left. */
	stop(): Promise<void> {
		return this.#door.close();
	}

	#listen(port: number): Server<unknown> {
		const { bind, tls, maxBodyBytes } = this.#options;
		try {
			const app = this.#app().listen({
				hostname: bind,
				port,
				...(tls !== undefined && { tls: tls() }),
				development: false,
				// Our own limit answers first, in the contract's shape.
				maxRequestBodySize: 2 * maxBodyBytes,
				idleTimeout: IDLE_TIMEOUT_SECONDS,
			});
			if (app.server === null) throw new InvariantError("Elysia did not begin to listen");
			return app.server;
		} catch (error) {
			throw new ListenError("HTTP", bind, port, "http-port in [core]", error);
		}
	}

	#app(): Elysia {
		const app = new Elysia({
			systemRouter: false,
			normalize: false,
			// Elysia looks for the path from the 11th letter of the URL on, or else from the 7th: "http://pi/" needs
			// the one, "https://pi:9992/" the other. What fails is a host of two letters on port 443.
			handler: { standardHostname: this.#options.tls !== undefined },
		});
		app.onError(({ error, request }) => this.#failure(error, request));
		const admitted = (request: Request) => this.#admitted(request);
		for (const prefix of new Set(["", this.#options.prefix])) {
			addStatusRoutes(app, prefix, { status: this.#status, page: this.#page, admitted });
			const plain = { parse: "none" as const };
			app.post(
				`${prefix}/login`,
				({ request }) => this.#login.login(request, this.#addressOf(request)),
				plain,
			);
			app.post(`${prefix}/logout`, ({ request }) => this.#login.logout(request), plain);
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

	async #admitted(request: Request): Promise<() => boolean> {
		const shown = await this.#visitor(request);
		const visitor = shown.kind === "nobody" ? (this.#login.visitor(request) ?? shown) : shown;
		needAdmin(visitor);
		const isBySession = visitor !== shown;
		return () =>
			this.#access.isStill(visitor) && (!isBySession || this.#login.visitor(request) !== undefined);
	}

	async #route(request: Request, given: string, token?: string): Promise<Response> {
		const id = given.toLowerCase();
		if (!UUID.test(id)) throw new NotFoundError();
		try {
			const visitor: Visitor =
				request.method === "OPTIONS" ? { kind: "nobody" } : await this.#visitor(request, token);
			const response = await this.#devices.handle(request, id, visitor);
			if (visitor.kind === "admin") this.#audit(request, id, visitor, response.status);
			return response;
		} catch (error) {
			if (error instanceof AccessError) return refusal(error, id);
			if (error instanceof BodyError) return reject(error.status, error.message, id);
			if (error instanceof InputError) return reject(403, error.message, id);
			// The store's log line says it once; a line for each request would fill the disk.
			if (error instanceof StorageError) return reject(503, error.message, id);
			this.#log.error("request failed", {
				da_id: id,
				method: request.method,
				reason: messageOf(error),
				stack: error instanceof Error ? error.stack : undefined,
			});
			return reject(500, "internal error: the server's log says more", id);
		}
	}

	/** Devices change themselves all the time; what an admin changes by hand is written down. */
	#audit(request: Request, id: string, { name }: Admin, status: number): void {
		if (!this.#access.isOn || request.method === "GET") return;
		const address = this.#addressOf(request);
		const fields = { user: name, method: request.method, da_id: id, status, address };
		this.#log.info("request of an admin", fields);
	}

	#visitor(request: Request, token?: string): Promise<Visitor> {
		return this.#access.who(request, this.#addressOf(request), token);
	}

	#addressOf(request: Request): string {
		return this.#door.listener?.requestIP(request)?.address ?? "";
	}

	#failure(error: unknown, request: Request): Response {
		if (error instanceof AccessError) {
			return wantsForm(request, error)
				? this.#login.form(error.status, error.status === 429 ? error.message : "")
				: refusal(error);
		}
		if (error instanceof BodyError) return reject(error.status, error.message);
		if (error instanceof NotFoundError)
			return reject(404, "unknown path: use /<uuid>, or open / in a browser");
		this.#log.error("request failed", {
			method: request.method,
			reason: messageOf(error),
			stack: error instanceof Error ? error.stack : undefined,
		});
		return reject(500, "internal error: the server's log says more");
	}
}

function refusal(error: AccessError, id?: string): Response {
	const response = reject(error.status, error.message, id);
	// Basic does as well, but browsers would ask their people, and send what they got with every request.
	if (error.status === 401) response.headers.set("WWW-Authenticate", 'Bearer realm="IoTtalk"');
	if (error.retryAfter !== undefined) response.headers.set("Retry-After", String(error.retryAfter));
	return response;
}
