import type { OriginRules } from "../auth/mod.ts";
import { InvariantError, isUuid, type Logger } from "../kit/mod.ts";
import { AccessError, type AuthPort, HttpAccess, type Visitor } from "./access.ts";
import { type Body, BodyReader, type BodyReaderOptions, senderOf } from "./body.ts";
import { type Call, type CallRules, type ListenerInfo, readCall } from "./call.ts";
import { Failures } from "./failures.ts";
import { Gate } from "./gate.ts";
import type { Incoming } from "./http-listener.ts";
import { ListenerSet, type ListenerSetOptions, type SecurePort } from "./listener-set.ts";
import { documentRoute } from "./openapi.ts";
import { PageLogin, wantsForm } from "./page-login.ts";
import type { PassedCalls } from "./passed-calls.ts";
import { longestFirst, prefixOf } from "./prefixes.ts";
import { reject } from "./replies.ts";
import type { BodySource, Route, RouteContext, RouteTable } from "./route.ts";
import { buildRouter, isNotFound, type Router } from "./router.ts";

export interface HttpOptions extends BodyReaderOptions, ListenerSetOptions {
	/** Paths a reverse proxy puts before `/<uuid>`, such as `/csm`; empty ones count for none. */
	readonly prefixes: readonly string[];
}

export interface HttpServerDeps {
	/** What the modules of the server answer. */
	readonly tables: readonly RouteTable[];
	/** The form people log in with, as HTML. */
	readonly loginForm: string;
	readonly auth: AuthPort;
	readonly origins: OriginRules;
	readonly log: Logger;
	/** Reads what other nodes of a cluster pass on; without it, none does. */
	readonly passed?: Pick<PassedCalls, "read"> | undefined;
	/** Where clients belong that ask for a path below none of the routes' first names; undefined: nowhere known. */
	readonly elsewhere?: (method: string, path: string) => string | undefined;
}

/** Where the original is usually published, behind a proxy or not. */
const USUAL_PREFIX = "/csm";

/** Answers HTTP by the routes of the server's modules, and those of its own: login, logout and the OpenAPI document. */
export class HttpServer {
	readonly #listeners: ListenerSet;
	readonly #auth: AuthPort;
	readonly #log: Logger;
	readonly #bodies: BodyReader;
	readonly #gate: Gate;
	readonly #login: PageLogin;
	readonly #rules: CallRules;
	readonly #router: Router;
	readonly #failures: Failures;
	readonly #deps: Pick<HttpServerDeps, "elsewhere" | "passed">;
	/** First names of the routes' paths. */
	readonly #firstNames: ReadonlySet<string>;
	/** Calls in progress, by the request the router hands over. */
	readonly #calls = new WeakMap<Request, Call>();

	/** @throws InvariantError when two modules want the same route; it names both. */
	constructor(options: HttpOptions, deps: HttpServerDeps) {
		const { tables, loginForm, auth, origins, log } = deps;
		this.#deps = deps;
		this.#firstNames = firstNamesOf(tables);
		this.#listeners = new ListenerSet(options, (incoming, listener) =>
			this.#answer(incoming, listener),
		);
		this.#auth = auth;
		this.#bodies = new BodyReader(options);
		this.#login = new PageLogin({ form: loginForm, home: livePageOf(tables) }, auth, log);
		this.#gate = new Gate(new HttpAccess(auth), this.#login);
		this.#log = log;
		this.#failures = new Failures(log, auth);
		const prefixes = new Set(["", USUAL_PREFIX, ...options.prefixes]);
		this.#rules = { origins, prefixes: longestFirst(prefixes) };
		const own = { module: "http", routes: this.#login.routes };
		const document = documentRoute([...tables, own], prefixes);
		this.#router = buildRouter(
			[...tables, { ...own, routes: [...own.routes, document] }],
			prefixes,
			(request, route, params = {}) => this.#follow(route, this.#callOf(request), params),
			(error, request) => this.#unrouted(error, this.#callOf(request)),
		);
	}

	/** The port in use. */
	get port(): number {
		return this.#listeners.port;
	}

	/** The further port in use; undefined: there is none. */
	get secondPort(): number | undefined {
		return this.#listeners.secondPort;
	}

	/** The encrypted port in use besides; undefined: there is none. */
	get securePort(): number | undefined {
		return this.#listeners.securePort;
	}

	/** @throws ListenError when a port is not available; then it listens on none. */
	start(): void {
		this.#listeners.open();
	}

	/** Opens an encrypted port while the server runs. @throws ListenError when it is not available. */
	openSecure(secure: SecurePort): void {
		this.#listeners.openSecure(secure);
	}

	/** Listens again with the current certificate; requests in progress are finished. @throws ListenError */
	renewCertificate(): void {
		this.#listeners.renewCertificate();
	}

	/** Takes no more connections until {@link resume}; requests in progress are finished. */
	pause(): void {
		this.#listeners.pause();
	}

	/** Takes connections again. @throws ListenError when the port is gone. */
	resume(): void {
		this.#listeners.resume();
	}

	/** Takes no more connections and answers the requests that are in progress. */
	finish(): Promise<void> {
		return this.#listeners.finish();
	}

	/** Closes what is left. */
	stop(): Promise<void> {
		return this.#listeners.close();
	}

	async #answer(incoming: Incoming, listener: ListenerInfo): Promise<Response> {
		try {
			const call = this.#deps.passed?.read(incoming) ?? readCall(incoming, listener, this.#rules);
			if ("problem" in call)
				return reject(call.status ?? 400, call.problem, idAtTheEndOf(incoming.target));
			this.#calls.set(call.request, call);
			return await this.#router.fetch(call.request);
		} catch (error) {
			return this.#failures.internal(error, incoming.method);
		}
	}

	#callOf(request: Request): Call {
		const call = this.#calls.get(request);
		if (call === undefined) throw new InvariantError("a request came past the listener");
		return call;
	}

	/** @param found Parameters of the path, as they stand in it. */
	async #follow(
		route: Route,
		call: Call,
		found: Readonly<Record<string, string>>,
	): Promise<Response> {
		const id = idIn(found, route);
		if (id !== undefined && !isUuid(id) && route.anyId !== true) return this.#unknownPath(call);
		const params = id === undefined ? found : { ...found, id };
		try {
			const admitted = await this.#gate.admit(route, call, params);
			const context: RouteContext = {
				call,
				params,
				...admitted,
				body: this.#sourceOf(call, admitted.visitor),
			};
			const passedOn = route.passOn && (await route.passOn(context));
			if (passedOn !== undefined) return passedOn;
			route.admit?.(context);
			const body = route.body === undefined ? {} : await this.#bodyOf(route, context);
			const response = await route.answer(context, body);
			this.#audit(route, context, response.status);
			return response;
		} catch (error) {
			if (error instanceof AccessError && wantsForm(route, call, error)) {
				return this.#login.form(error.status, error.status === 429 ? error.message : "");
			}
			return this.#failures.answer(error, call, id, route.refuse);
		}
	}

	#sourceOf(call: Call, visitor: Visitor): BodySource {
		const sender = senderOf(visitor);
		return {
			isThere: this.#bodies.isThere(call),
			json: () => this.#bodies.readJsonObject(call, sender),
			text: (maxBytes) => this.#bodies.readText(call, sender, maxBytes),
			form: () => this.#bodies.readFormData(call, sender),
		};
	}

	#bodyOf({ bodyType }: Route, { call, visitor }: RouteContext): Promise<Body> {
		if (bodyType === "form") return this.#bodies.readForm(call);
		return this.#bodies.readJsonObject(call, senderOf(visitor));
	}

	/** Devices change themselves all the time; what an admin changes by hand is written down. */
	#audit({ audit }: Route, { call, params, visitor }: RouteContext, status: number): void {
		if (audit === undefined || visitor.kind !== "admin" || !this.#auth.isOn) return;
		const { request, remoteAddress: address } = call;
		this.#log.audit(audit, {
			user: visitor.name,
			method: request.method,
			...(params.id !== undefined && { da_id: params.id }),
			status,
			address,
		});
	}

	#unknownPath({ request }: Call): Response {
		const { pathname } = new URL(request.url);
		const prefix = prefixOf(request.url, this.#rules.prefixes);
		const path = pathname.slice(prefix.length);
		const isOurs = this.#firstNames.has(path.split("/", 2)[1] ?? "");
		const hint = isOurs ? undefined : this.#deps.elsewhere?.(request.method, path);
		const words = "unknown path: use /<uuid>, or open / in a browser";
		return reject(404, hint === undefined ? words : `${words}; ${hint}`);
	}

	#unrouted(error: unknown, call: Call): Response {
		return isNotFound(error) ? this.#unknownPath(call) : this.#failures.answer(error, call);
	}
}

/** UUIDs are compared in lowercase; other text stays as it is. */
function idIn({ id }: Readonly<Record<string, string>>, { anyId }: Route): string | undefined {
	const lower = id?.toLowerCase();
	return anyId === true && lower !== undefined && !isUuid(lower) ? id : lower;
}

/** Where the page for administrators is, seen from `/login`: at `/`, unless that is another one. */
function livePageOf(tables: readonly RouteTable[]): string {
	const pages = tables.flatMap(({ routes }) => routes).filter(({ who }) => who === "admin");
	const isThere = (path: string) => pages.some((one) => one.path === path);
	return !isThere("/") && isThere("/live") ? "live" : "./";
}

function firstNamesOf(tables: readonly RouteTable[]): ReadonlySet<string> {
	const paths = tables.flatMap(({ routes }) => routes.map(({ path }) => path));
	// A token before an id leaves the id what it is.
	const plain = paths.filter((path) => !path.startsWith("/token/"));
	return new Set(plain.map((path) => path.split("/", 2)[1] ?? ""));
}

function idAtTheEndOf(target: string): string | undefined {
	const [path = ""] = target.split("?", 1);
	const last = path.replace(/\/+$/, "").split("/").at(-1)?.toLowerCase() ?? "";
	return isUuid(last) ? last : undefined;
}
