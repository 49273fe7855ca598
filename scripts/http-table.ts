// Every address the servers answer, from the tables of their routes: for the table of docs/http.md.
import { ccmRoutes } from "../src/ccm/http/ccm-routes.ts";
import { functionRoutes } from "../src/ccm/http/function-routes.ts";
import { OwnPages } from "../src/ccm/http/own-page-routes.ts";
import { PhonePages } from "../src/ccm/http/phone-pages.ts";
import { OPERATIONS } from "../src/ccm/service/all-operations.ts";
import { Service } from "../src/ccm/service/service.ts";
import { brokerRoutes } from "../src/csm/http/broker-routes.ts";
import { deviceRoutes } from "../src/csm/http/device-routes.ts";
import { documentRoute } from "../src/http/openapi.ts";
import { PageFiles } from "../src/http/page-files.ts";
import { PageLogin } from "../src/http/page-login.ts";
import type { DescribedRoute, Route, Who } from "../src/http/route.ts";
import { serverRoutes } from "../src/status/server-routes.ts";
import { statusRoutes } from "../src/status/status-routes.ts";

/** Stands for what routes use when they are asked; here no one asks. */
function unused<T extends object>(): T {
	return new Proxy({} as T, {
		get: () => () => {
			throw new Error("the table of routes is only read");
		},
	});
}

const PAGES = { live: "", isHome: true, openApi: "", events: () => undefined };

/** The routes of each module. */
const MODULES: Readonly<Record<string, readonly Route[]>> = {
	csm: [...deviceRoutes(unused()), ...brokerRoutes(unused()), ...statusRoutes(unused(), PAGES)],
	ccm: [
		...functionRoutes(unused()),
		...ccmRoutes({
			...{
				store: unused(),
				registration: unused(),
				setup: unused(),
				places: unused(),
				entrance: unused(),
				https: unused(),
				ownPages: new OwnPages(() => ""),
				page: new PageFiles({}),
				phonePages: new PhonePages({}),
				invitations: unused(),
				joinPages: unused(),
			},
			...{ live: unused(), liveDevices: unused(), bench: unused(), modules: [], isHome: true },
			service: new Service(OPERATIONS, unused()),
		}),
	],
	"each server": [
		...serverRoutes(unused(), unused()),
		...new PageLogin(unused(), unused(), unused()).routes,
		documentRoute([], []),
	],
};

const WHO: Readonly<Record<Who, string>> = {
	"any-page": "all",
	anyone: "all",
	form: "the server's own page",
	account: "accounts",
	broker: "a broker with the server's key",
	device: "the device",
	registrar: "registration token, owner",
	local: "the command line of this machine",
	owner: "owner, administrators",
	admin: "administrators",
};

/** What needs no login though others of its kind do. */
const WITHOUT_LOGIN = /^\/api\/v0\/account\/(create|login|oauth2)$|^\/api\/v1\/(setup|session)$/;

export function routesTable(): string {
	const rows = Object.entries(MODULES).flatMap(([module, routes]) =>
		routes
			.flatMap((one): readonly DescribedRoute[] => one.describes ?? [one])
			.filter(({ method, path }) => method !== "ANY" || path === "/api/*")
			.map((one) => rowOf(module, one)),
	);
	return `| Path | Method | Of | For | What |\n|---|---|---|---|---|\n${rows.join("")}`;
}

function rowOf(module: string, { method, path, who, summary }: DescribedRoute): string {
	const asked = WITHOUT_LOGIN.test(path) ? "all" : WHO[who];
	const methods = method === "ANY" ? "any" : `\`${method}\``;
	return `| \`${path}\` | ${methods} | ${module} | ${asked} | ${summary} |\n`;
}
