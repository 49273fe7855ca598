// Source files without a test of their own name, by the test that covers them or, where none does alone, the reason.
// `bun scripts/check-tests.ts` holds this list to what there is: a file that gets its own test comes off it.

/** Files of folders of `src`, names without their ending, separated by spaces. */
export type Files = Readonly<Record<string, string>>;

/** A test, or a folder of tests, and what it covers. */
export const COVERED: Readonly<Record<string, Files>> = {
	"test/contract/auth.test.ts": { auth: "account-watch secrets", "csm/http": "device-rights" },
	"test/contract/page-websocket.test.ts": {
		auth: "websocket-gate",
		broker: "ws-listener ws-session",
	},
	"test/auth/topic-grants.test.ts": { auth: "principal" },
	"test/broker/embedded.handshake.test.ts": { broker: "admission tcp-listener" },
	"test/broker/embedded.bounds.test.ts": { broker: "connections subscription-limits" },
	"test/contract/sessions.test.ts": {
		broker: "login memory-persistence session-filters session-restore session-watch stored-rows",
	},
	"test/broker/kept-sessions.test.ts": { broker: "session-disk" },
	"test/broker/client-stream.test.ts": { broker: "distribution message-bus routes" },
	"test/contract/mqtt-conformance.test.ts": { broker: "system-topics" },
	"test/broker/embedded.test.ts": { broker: "topic-rights" },
	"test/ccm/catalog/seed-data.test.ts": { "ccm/catalog": "seed-file" },
	"test/ccm/plan/diff.test.ts": {
		"ccm/plan": "actual crowds desired operations",
		"ccm/functions": "built-function",
	},
	"test/csm-client": { "csm-client": "csm-device mqtt-access outcome retry slots" },
	"test/cli/program.test.ts": {
		"cli/commands":
			"backup cert check command completion engine export genconf import initdb licenses reload restart restore service shell start status stop token user",
		"cli/shell/commands":
			"commands config db deregister device devices function functions graph graphs help log publish status watch",
	},
	"test/e2e/cli.test.ts": {
		cli: "accounts cli completion database failure genconf initdb options output read-config start user-name",
	},
	"test/e2e/lifecycle.test.ts": {
		cli: "detach engine running status stop",
		"cli/check": "check engine places ports",
		daemon: "find-server pid-file signals",
	},
	"test/e2e/matrix.test.ts": { cli: "table", daemon: "process-state" },
	"test/e2e/transfer.test.ts": { cli: "backup transfer", "cli/shell": "context mqtt-client shell" },
	"test/e2e/restore.test.ts": { cli: "restore", store: "restore set-aside" },
	"test/e2e/tls.test.ts": { cli: "banner cert mqtt-address" },
	"test/e2e/password.test.ts": { cli: "password" },
	"test/e2e/ownership.test.ts": { cli: "ownership" },
	"test/e2e/licenses.test.ts": { cli: "licenses" },
	"test/e2e/systemd.test.ts": { cli: "service", daemon: "unit" },
	"test/settings/config.test.ts": {
		config: "fields home ini ini-text interpolate log read-values sample",
		settings: "access addresses listeners schemes",
	},
	"test/config/compose.test.ts": { config: "section" },
	"test/contract/graph-api.test.ts": {
		contract: "envelope graph-requests graph-spec",
		csm: "api-listener client-api",
		"csm/graphs": "changes function-choice graph-api link-operations live-graph operations",
	},
	"test/schemas/ccm-documents.test.ts": { contract: "ccm-changes" },
	"test/contract/device-api.test.ts": {
		"csm/devices": "device-api metadata",
		store: "device-api-clients",
	},
	"test/contract/http.test.ts": {
		contract: "registration",
		"csm/http": "device-routes",
		http: "access call failures http-api replies",
	},
	"test/contract/presence.test.ts": { "csm/devices": "backers device-presence" },
	"test/contract/clients.test.ts": { "csm/devices": "devices" },
	"test/contract/signals.test.ts": { "csm/devices": "signals" },
	"test/contract/refused-functions.test.ts": { "csm/graphs": "function-sources" },
	"test/daemon/descriptor-watch.test.ts": { daemon: "descriptors" },
	"test/contract/data-path.test.ts": { dataflow: "data-path pass-through pipeline stats" },
	"test/dataflow/graph-table.test.ts": { dataflow: "graph-record" },
	"test/contract/monitor.test.ts": { dataflow: "monitor" },
	"test/contract/blame.test.ts": { "dataflow/python": "blame" },
	"test/contract/lying-engine.test.ts": {
		"dataflow/python": "engine-channel engine-process protocol",
	},
	"test/contract/ordinary-python.test.ts": {
		"dataflow/python": "engine file-memory importable interpreter python3",
	},
	"test/contract/packages.test.ts": { "dataflow/python": "import-lock install-packages zip" },
	"test/dataflow/python/local-zone.test.ts": { "dataflow/python": "posix-rule zones" },
	"test/contract/local-time.test.ts": { "dataflow/python": "zone-clock" },
	"test/contract/stuck-functions.test.ts": { "dataflow/python": "stack-limit watchdog" },
	"test/dataflow/python/sandbox.test.ts": { "dataflow/python": "syscall-filter" },
	"test/dataflow/python/engine-supervisor.test.ts": { "dataflow/python": "start-trouble task" },
	"test/contract/nesting.test.ts": { "dataflow/python": "python-stack" },
	"test/contract/bad-http.test.ts": { http: "http-listener" },
	"test/contract/request-framing.test.ts": { http: "body" },
	"test/contract/page-login.test.ts": { http: "page-headers page-login" },
	"test/e2e/page-crowd.test.ts": {
		"web/live": "contact devices graph graphs log more page presence stream texts tiles",
		http: "openapi",
	},
	"test/e2e/page.test.ts": { "web/live": "openapi" },
	"test/kit/log.test.ts": { kit: "log-line log-sink" },
	"test/contract/log.test.ts": { kit: "log-limit" },
	"test/kit/json.test.ts": { kit: "errors" },
	"test/mqtt/external.test.ts": {
		mqtt: "broker-connection broker-stream outbox retained-look unsent",
	},
	"test/e2e/external-broker.test.ts": { mqtt: "address-turns request-channel" },
	"test/mqtt/call-guard.test.ts": { mqtt: "handler-table subscription-grants" },
	"test/contract/mqtt-packets.test.ts": { mqtt: "packet-rules" },
	"test/broker/fast-path.test.ts": { mqtt: "publish-frame" },
	"test/contract/eyes.test.ts": {
		status: "graph-view lag latency-metric live-events metrics rates status status-routes",
	},
	"test/contract/restart.test.ts": { servers: "csm-server" },
	"test/store/store.test.ts": {
		store: "accounts commit-queue devices functions graphs reader retained rows schema snapshot",
	},
	"test/store/sessions.test.ts": { store: "broker-disk" },
	"test/store/store.trouble.test.ts": { store: "accounts-file cannot-open disk lock" },
	"test/contract/tls.test.ts": { tls: "renewable-listener" },
	"test/tls/certificate.test.ts": { tls: "make-certificate" },
};

/** Why no test covers them by itself. */
export const REASONS: Readonly<Record<string, Files>> = {
	"a table of data, checked by the types": {
		"ccm/catalog": "seed-features seed-functions seed-models",
	},
	"an ini section: a table of data": { broker: "config", tls: "config" },
	"a program of the build; what it makes is what the other tests run": {
		"dataflow/python": "make-assets",
		"web/live": "make-page",
	},
	"one call of the platform": { kit: "clock digest", mqtt: "pause" },
	"used by every test of the store and the broker": { kit: "sync-promise" },
};
