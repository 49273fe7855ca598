// An HTTP server with routes of a test's own, and real logins: without a broker, devices and graphs.
import { Auth } from "../../src/auth/auth.ts";
import { OriginRules } from "../../src/auth/origin-rules.ts";
import { hashOf, hashPassword } from "../../src/auth/secrets.ts";
import { HttpServer, type HttpServerDeps } from "../../src/http/http-server.ts";
import type { Route } from "../../src/http/route.ts";
import type { UserRecord } from "../../src/store/mod.ts";
import { recordedLog } from "./log.ts";

export const ADMIN = { name: "admin", password: "a long password" };
/** A person without rights on devices and graphs. */
export const TEACHER = { name: "teacher", password: "a long password" };
/** A registration token that is good, one that has expired, and a device with its password. */
export const TOKEN = "a-good-token";
export const OLD_TOKEN = "an-old-token";
export const DEVICE = { id: "01234567-89ab-4def-8123-456789abcdef", password: "drawn" };
/** Takes moments to make, so that all tests share it. */
const hash = hashPassword(ADMIN.password);

const TOKENS = [
	{ name: "good", hash: hashOf(TOKEN), createdAt: 0, expiresAt: null },
	{ name: "old", hash: hashOf(OLD_TOKEN), createdAt: 0, expiresAt: 1 },
];

export interface TestHttp {
	/** `http://127.0.0.1:<port>` */
	readonly url: string;
	/** The key of the command line. */
	readonly localKey: string;
	/** Everything the log said so far. */
	log(): string;
	stop(): Promise<void>;
}

export interface TestHttpOptions {
	readonly logins?: boolean;
	readonly bodyTimeoutMs?: number;
	/** Hash of the password of a device besides; undefined: it is unknown. */
	readonly secretHashOf?: (id: string) => string | null | undefined;
	/** People besides. */
	readonly people?: () => readonly UserRecord[];
	/** Reads what other nodes pass on. */
	readonly passed?: HttpServerDeps["passed"];
}

/** What a server with these routes is made of, and its log. */
export async function httpDeps(
	routes: readonly Route[],
	{ logins = false, people = () => [], secretHashOf, passed }: TestHttpOptions = {},
): Promise<{
	readonly deps: HttpServerDeps & { readonly auth: Auth };
	readonly lines: readonly string[];
}> {
	const { log, lines } = recordedLog("http");
	const known = { email: null, sub: null, isActive: true, createdAt: 0 };
	const users: readonly UserRecord[] = [
		{ id: 1, name: ADMIN.name, hash: await hash, role: "admin", ...known },
		{ id: 2, name: TEACHER.name, hash: await hash, role: "teacher", ...known },
	];
	const auth = new Auth(logins, {
		accounts: {
			refresh: async () => {},
			refreshSurely: async () => {},
			isOutdated: () => false,
			user: (name) => [...users, ...people()].find((user) => user.name === name),
			service: () => undefined,
			tokenByHash: (found) => TOKENS.find(({ hash: tokenHash }) => tokenHash === found),
		},
		secretHashOf: (id) => (id === DEVICE.id ? hashOf(DEVICE.password) : secretHashOf?.(id)),
		log,
	});
	const origins = new OriginRules(
		{ allowedOrigins: "" },
		{ machineName: () => "testmachine", ownNames: () => [] },
	);
	const tables = [{ module: "test", routes }];
	const loginForm = "<form><!-- message --></form>";
	return { deps: { tables, loginForm, auth, origins, log, passed }, lines };
}

/** Starts it on a free port of this machine. */
export async function startHttp(
	routes: readonly Route[],
	options: TestHttpOptions = {},
): Promise<TestHttp> {
	const { deps, lines } = await httpDeps(routes, options);
	const { bodyTimeoutMs = 10_000 } = options;
	const server = new HttpServer(
		{
			bind: "127.0.0.1",
			port: 0,
			isEncrypted: false,
			tls: undefined,
			prefixes: [],
			maxBodyBytes: 1 << 20,
			bodyTimeoutMs,
		},
		deps,
	);
	server.start();
	return {
		url: `http://127.0.0.1:${server.port}`,
		localKey: deps.auth.localKey,
		log: () => lines.join(""),
		stop: () => server.stop(),
	};
}
