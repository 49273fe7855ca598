// CCM's routes behind a real HTTP server, with everything in memory and people of a test's own.
import { files } from "../../../build/editor/files.ts";
import JOIN_PAGE from "../../../build/page/join.txt" with { type: "text" };
import { files as phoneFiles } from "../../../build/phone/files.ts";
import type { Account } from "../../../src/auth/outcome.ts";
import { hashPassword } from "../../../src/auth/secrets.ts";
import type {
	AdminSetup,
	NewAccount,
	Registration,
	SetupDone,
	SetupRequest,
} from "../../../src/ccm/http/account-port.ts";
import { ccmRoutes } from "../../../src/ccm/http/ccm-routes.ts";
import type { DeviceEntrance } from "../../../src/ccm/http/entrance-routes.ts";
import type { HttpsSetup } from "../../../src/ccm/http/https-routes.ts";
import { JoinPages } from "../../../src/ccm/http/join-pages.ts";
import { OwnPages } from "../../../src/ccm/http/own-page-routes.ts";
import { PhonePages } from "../../../src/ccm/http/phone-pages.ts";
import { Invitations } from "../../../src/ccm/invitations/invitations.ts";
import { LiveDevices } from "../../../src/ccm/live/live-devices.ts";
import type { LiveProjects } from "../../../src/ccm/live/live-projects.ts";
import { Refusal } from "../../../src/ccm/projects/refusal.ts";
import { deviceViews } from "../../../src/ccm/service/device-views.ts";
import type { Person } from "../../../src/ccm/service/operation.ts";
import { PageFiles } from "../../../src/http/page-files.ts";
import type { Route, RouteContext } from "../../../src/http/route.ts";
import { systemClock } from "../../../src/kit/clock.ts";
import type { UserRecord } from "../../../src/store/mod.ts";
import { startHttp, type TestHttp } from "../../support/http-server.ts";
import { quietLog } from "../../support/log.ts";
import { EventReader } from "./event-reader.ts";
import { ADMIN, Office, OTHER, STUDENT, TEACHER } from "./office.ts";
import { SaidByCsm } from "./quiet-live.ts";
import { RegisteredDevices } from "./web-devices.ts";

/** Of everyone. */
export const PASSWORD = "pw";
/** Takes moments to make. */
const hash = hashPassword(PASSWORD);

/** Accounts in memory. */
export class People implements Registration {
	readonly all: UserRecord[] = [];

	static async open(persons: readonly Person[]): Promise<People> {
		const people = new People();
		for (const { u_id, u_name, role } of persons) {
			people.all.push({ ...REST, id: u_id, name: u_name, role, hash: await hash });
		}
		return people;
	}

	modeFor() {
		return "code" as const;
	}

	async register(_context: RouteContext, { username: name }: NewAccount): Promise<Account> {
		if (this.all.some((user) => user.name === name)) {
			throw new Refusal(400, "username already exists");
		}
		const user = {
			...REST,
			id: this.all.length + 1,
			name,
			role: "teacher",
			hash: await hash,
		} as const;
		this.all.push(user);
		return user;
	}
}

const REST = { email: null, sub: null, isActive: true, createdAt: 0 };

/** A set-up that takes one key, and makes an admin that is there already. */
class OneKey implements AdminSetup {
	isNeeded = true;

	drawKey(): string {
		return "key-1";
	}

	async run(_context: RouteContext, { key }: SetupRequest) {
		if (key !== "key-1") throw new Refusal(403, "this set-up key is wrong or has expired");
		this.isNeeded = false;
		const done: SetupDone = {
			addresses: ["http://192.0.2.7:9992/gui/"],
			token: "t0",
			token_address: "http://192.0.2.7:9992/token/t0",
			devices: 3,
		};
		return { account: { id: ADMIN.u_id, name: ADMIN.u_name, role: ADMIN.role }, done };
	}
}

/** A class server in its network. */
const ENTRANCE: DeviceEntrance = {
	about: (host) => ({
		...{ address: `http://${host}:9992`, addresses: ["http://192.0.2.7:9992"] },
		...{ local_only: false, login: true },
	}),
	drawToken: async ({ u_name }, days) => ({
		...{ token: "t1", name: `${u_name}-2`, expires_at: days * 86_400 },
	}),
};

/** HTTPS that opens at once, and a network that is let in. */
export class TestHttps implements HttpsSetup {
	isByIni = false;
	port: number | undefined;
	/** Why it cannot be opened. */
	trouble: string | undefined;

	about(base: string) {
		const { port } = this;
		if (port === undefined) return undefined;
		const address = `https://${new URL(base).hostname}:${port}`;
		return { port, address, names: ["gateway.test"], until: 1000, self_signed: true };
	}

	async open(port = 9993) {
		if (this.trouble !== undefined) throw new Refusal(409, this.trouble);
		this.port = port;
		return port === 9993 ? undefined : "restart it";
	}

	async reach() {
		return { addresses: ["http://192.0.2.7:9992/gui/"], devices: 2, todo: undefined };
	}
}

/** What hears of an office's changes, running. */
async function listening(office: Office) {
	const { store } = office;
	const csm = new SaidByCsm();
	const devices = new RegisteredDevices();
	const invitations: Invitations = new Invitations({
		...{ store, clock: systemClock, log: quietLog, secret: "key" },
		webDevices: () => devices,
		onChanged: (pId) => office.onChanged(pId),
		onNews: (news) => office.onNews(news),
	});
	devices.tell = (event) => invitations.told(event);
	office.invitations = invitations.service;
	await invitations.start();
	invitations.opened();
	const live = csm.live(store, systemClock, invitations.service);
	live.start();
	office.onNews = (news) => {
		live.take(news);
		invitations.take(news);
	};
	office.onChanged = (pId) => {
		live.changed(pId);
		invitations.changed(pId);
	};
	const liveDevices = new LiveDevices({
		views: (person) =>
			store.read((tables) =>
				deviceViews({ person, tables, registered: (mac) => office.registered(mac) }),
			),
		isSure: () => true,
		...{ clock: systemClock, log: quietLog },
	});
	office.onWritten = () => liveDevices.changed();
	return { csm, devices, invitations, live, liveDevices };
}

export class CcmHttp {
	readonly #cookies = new Map<string, string>();

	private constructor(
		readonly https: TestHttps,
		readonly office: Office,
		readonly server: TestHttp,
		/** What a CSM would tell. */
		readonly csm: SaidByCsm,
		readonly live: LiveProjects,
		readonly people: People,
		readonly liveDevices: LiveDevices,
		readonly invitations: Invitations,
		/** Devices of phones. */
		readonly devices: RegisteredDevices,
	) {}

	/** @param options Whether devices need a login too; the page at `/gui/`; routes besides; who is logged in. */
	static async start({
		hasLogins = false,
		page = new PageFiles(files),
		more = [],
		isHome = false,
		bench = { isOn: true, isSandboxed: true },
		present = [ADMIN, TEACHER, OTHER, STUDENT],
	}: {
		hasLogins?: boolean;
		page?: PageFiles;
		more?: readonly Route[];
		isHome?: boolean;
		bench?: { isOn: boolean; isSandboxed: boolean };
		present?: readonly Person[];
	} = {}): Promise<CcmHttp> {
		const office = await Office.open();
		const persons = [ADMIN, TEACHER, OTHER, STUDENT];
		const people = await People.open(persons);
		const { service, store } = office;
		const { csm, devices, invitations, live, liveDevices } = await listening(office);
		const https = new TestHttps();
		const routes = ccmRoutes({
			...{ service, store, page, isHome, live, liveDevices },
			setup: new OneKey(),
			registration: people,
			phonePages: new PhonePages(phoneFiles),
			invitations,
			joinPages: new JoinPages(JOIN_PAGE),
			securePort: () => 9993,
			bench,
			modules: ["csm", "ccm"],
			entrance: ENTRANCE,
			https,
			ownPages: new OwnPages(() => ""),
			places: {
				mqtt: (host) => ({ host, port: 1883, ws_scheme: "ws", ws_port: 1884 }),
				csm: (host) => `http://${host}:9992`,
				simtalk: () => "",
			},
		});
		const options = { logins: hasLogins, people: () => people.all };
		const server = await startHttp([...routes, ...more], options);
		const ccm = new CcmHttp(
			...([https, office, server, csm, live, people, liveDevices] as const),
			...([invitations, devices] as const),
		);
		for (const { u_name } of present) await ccm.logIn(u_name);
		return ccm;
	}

	async stop(): Promise<void> {
		this.liveDevices.stop();
		await this.live.stop();
		await this.invitations.stop();
		await this.server.stop();
	}

	/** A stream of a project's events. */
	async events(person: Pick<Person, "u_name"> | null, pId: number): Promise<EventReader> {
		const response = await this.send(person, "GET", `/api/v1/projects/${pId}/events`);
		return new EventReader(response);
	}

	/** Begins a session, which requests of that person then quote. */
	async logIn(username: string): Promise<Response> {
		const response = await this.send(null, "POST", "/api/v0/account/login/", {
			body: JSON.stringify({ username, password: PASSWORD }),
			headers: { "content-type": "application/json; charset=utf-8" },
		});
		const [cookie = ""] = (response.headers.get("set-cookie") ?? "").split(";");
		this.#cookies.set(username, cookie);
		return response;
	}

	/** A request, by a person or no one. */
	send(
		person: Pick<Person, "u_name"> | null,
		method: string,
		path: string,
		init: RequestInit = {},
	): Promise<Response> {
		const headers = new Headers(init.headers);
		const cookie = person && this.#cookies.get(person.u_name);
		if (cookie !== null && cookie !== undefined) headers.set("cookie", cookie);
		return fetch(this.server.url + path, { redirect: "manual", ...init, method, headers });
	}

	/** Status and JSON of the answer to a JSON body. */
	async json(
		person: Pick<Person, "u_name"> | null,
		method: string,
		path: string,
		body?: object,
	): Promise<{ status: number; body: Record<string, unknown> }> {
		const init = body && {
			body: JSON.stringify(body),
			headers: { "content-type": "application/json" },
		};
		const response = await this.send(person, method, path, init);
		return { status: response.status, body: (await response.json()) as Record<string, unknown> };
	}
}
