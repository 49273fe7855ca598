export { type InitdbOptions, initCcm, seedIfEmpty, whatIsThere } from "./catalog/initdb.ts";
export { loadSeed, type SeedLoaded } from "./catalog/load-seed.ts";
export { describeSeedData, seedData } from "./catalog/seed-data.ts";
export { type SeedFile, SeedFileSchema } from "./catalog/seed-file.ts";
export {
	type DeviceNotice,
	DeviceRegister,
	type DeviceRegisterDeps,
} from "./devices/device-register.ts";
export { type Registered, Sightings } from "./devices/sightings.ts";
export type {
	AdminSetup,
	NewAccount,
	Registration,
	SetupDone,
	SetupRequest,
} from "./http/account-port.ts";
export { type CcmRoutesDeps, ccmRoutes } from "./http/ccm-routes.ts";
export type { DeviceEntrance, Entrance, RegistrationToken } from "./http/entrance-routes.ts";
export type { BenchRefusal, FunctionBench, FunctionDraft } from "./http/function-bench.ts";
export { functionRoutes } from "./http/function-routes.ts";
export { homeRoutes } from "./http/home-routes.ts";
export type { HttpsSetup, HttpsView } from "./http/https-routes.ts";
export { JoinPages } from "./http/join-pages.ts";
export type { DrawPage, MqttPlace, PageIdentity, Places } from "./http/machine-routes.ts";
export { phonePageRoute } from "./http/member-routes.ts";
export { OwnPages } from "./http/own-page-routes.ts";
export { pageRoutes } from "./http/page-routes.ts";
export { PhonePages } from "./http/phone-pages.ts";
export { webDeviceRoutes } from "./http/web-device-routes.ts";
export { Invitations, type InvitationsDeps } from "./invitations/invitations.ts";
export type { NewWebDevice, WebDevices } from "./invitations/web-devices.ts";
export { LiveDevices } from "./live/live-devices.ts";
export { LiveProjects, type LiveProjectsDeps } from "./live/live-projects.ts";
export { PageApi } from "./pages/page-api.ts";
export type { PageApiDeps, PageLogins } from "./pages/page-ports.ts";
export { Registrar, type RegistrarDeps } from "./people/registrar.ts";
export { type RegistrationMode, registrationBy } from "./people/registration-rule.ts";
export { SetUp, type SetUpDeps } from "./people/set-up.ts";
export { Refusal } from "./projects/refusal.ts";
export { Control, type ControlDeps } from "./reconciler/control.ts";
export { failuresIn, type GraphState, type LinkState } from "./reconciler/link-state.ts";
export { ProjectDriver, type ProjectDriverDeps } from "./reconciler/project-driver.ts";
export { Reconciler, type ReconcilerDeps } from "./reconciler/reconciler.ts";
export { AccountRate, type AccountRateOptions } from "./service/account-rate.ts";
export { OPERATIONS } from "./service/all-operations.ts";
export { deviceViews } from "./service/device-views.ts";
export { GuiAdapter, type GuiMessage } from "./service/gui-adapter.ts";
export type {
	AnyOperation,
	BindingRules,
	Operation,
	Person,
	ProjectNews,
	RestRoute,
	Role,
	SourceCheck,
} from "./service/operation.ts";
export { ARGON2, type Passwords } from "./service/passwords.ts";
export { removeLeftovers } from "./service/people.ts";
export { RestAdapter, type RestReply, type RestRequest } from "./service/rest-adapter.ts";
export { Service, type ServiceDeps } from "./service/service.ts";
export {
	isSimulator,
	type SimulatorId,
	simulatorIds,
	withSimulators,
} from "./simulation/simulated-devices.ts";
export {
	Simulation,
	type SimulationDeps,
	type SimulationOptions,
} from "./simulation/simulation.ts";
export type { AuditEntry } from "./store/audit-port.ts";
export { DatabaseStore } from "./store/database.ts";
export type { CcmStore, CcmTables } from "./store/port.ts";
export { putCcmSnapshot } from "./store/put-snapshot.ts";
export { CCM_SCHEMA } from "./store/schema.ts";
export { checkCcmSnapshot } from "./store/snapshot.ts";
export { takeCcmSnapshot } from "./store/take-snapshot.ts";
export { importV2 } from "./v2/import-v2.ts";
export type { V2Outcome } from "./v2/v2-report.ts";
export { readV2 } from "./v2/v2-tables.ts";
