// CCM's routes behind a real HTTP server, with everything in memory and people of a test's own.
import type {
	AccountDoor,
	SetupDone,
	SetupDoor,
	SetupRequest,
} from "../../../src/ccm/http/account-door.ts";
import { ccmRoutes } from "../../../src/ccm/http/ccm-routes.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import type { RouteContext } from "../../../src/http/route.ts";
import { startHttp, type TestHttp } from "../../support/http-server.ts";
import { ADMIN, Office, OTHER, STUDENT, TEACHER } from "./office.ts";

const COOKIE = "iottalk-test";
const PAGE = `<title>IoTtalk</title><style></style><script type="module"></script>`;
/** Of everyone. */
export const PASSWORD = "pw";

/** Accounts in memory: a session is the name. */
class People implements AccountDoor {
	readonly #people: Person[] = [ADMIN, TEACHER, OTHER, STUDENT];
	readonly #ended = new Set<string>();

	async personOf({ call }: RouteContext): Promise<Person | null> {
		const name = new Bun.CookieMap(call.headers.get("cookie") ?? "").get(COOKIE);
		if (name === null || this.#ended.has(name)) return null;
		return this.#people.find(({ u_name }) => u_name === name) ?? null;
	}

	async login(_context: RouteContext, name: string, password: string) {
		const person = this.#people.find(({ u_name }) => u_name === name);
		if (person === undefined || password !== PASSWORD) return undefined;
		this.#ended.delete(name);
		return { person, cookie: `${COOKIE}=${name}; Path=/` };
	}

	logout({ call }: RouteContext): string {
		this.#ended.add(new Bun.CookieMap(call.headers.get("cookie") ?? "").get(COOKIE) ?? "");
		return `${COOKIE}=; Path=/; Max-Age=0`;
	}

	async create(_context: RouteContext, { username }: { username: string }): Promise<number> {
		if (this.#people.some(({ u_name }) => u_name === username)) {
			throw new Refusal(400, "username already exists");
		}
		const u_id = this.#people.length + 1;
		this.#people.push({ u_id, u_name: username, role: "teacher" });
		return u_id;
	}
}

/** A set-up that takes one key. */
export class OneKey implements SetupDoor {
	isNeeded = true;
	readonly asked: SetupRequest[] = [];

	async run(
		_context: RouteContext,
		request: SetupRequest,
	): Promise<SetupDone & { cookie: string }> {
		if (request.key !== "key-1") throw new Refusal(403, "this set-up key is wrong or has expired");
		this.asked.push(request);
		this.isNeeded = false;
		return {
			addresses: ["http://192.0.2.7:9992/gui/"],
			token: "t0",
			token_address: "http://192.0.2.7:9992/token/t0",
			devices: 3,
			cookie: `${COOKIE}=root; Path=/`,
		};
	}
}

export class CcmHttp {
	private constructor(
		readonly office: Office,
		readonly setup: OneKey,
		readonly server: TestHttp,
	) {}

	static async start(): Promise<CcmHttp> {
		const office = await Office.open();
		const { service, store } = office;
		const setup = new OneKey();
		const routes = ccmRoutes({
			...{ service, store, setup },
			accounts: new People(),
			page: PAGE,
			places: {
				mqtt: (host) => ({ host, port: 1883, ws_scheme: "ws", ws_port: 1884 }),
				csm: (host) => `http://${host}:9992`,
				simtalk: () => "",
			},
		});
		return new CcmHttp(office, setup, await startHttp(routes));
	}

	stop(): Promise<void> {
		return this.server.stop();
	}

	/** A request, by a person or no one. */
	send(person: Person | null, method: string, path: string, init: RequestInit = {}) {
		const headers = new Headers(init.headers);
		if (person !== null) headers.set("cookie", `${COOKIE}=${person.u_name}`);
		return fetch(this.server.url + path, { redirect: "manual", ...init, method, headers });
	}

	/** Status and JSON of the answer to a JSON body. */
	async json(person: Person | null, method: string, path: string, body?: object) {
		const init = body && {
			body: JSON.stringify(body),
			headers: { "content-type": "application/json" },
		};
		const response = await this.send(person, method, path, init);
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	}
}
