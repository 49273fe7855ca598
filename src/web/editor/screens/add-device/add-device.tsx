import { useEffect, useState } from "preact/hooks";
import type { CcmDevice } from "../../../../contract/mod.ts";
import { Search } from "../../kit/search.tsx";
import { EmptyState, Failed, Spinner } from "../../kit/states.tsx";
import { useTitle } from "../../kit/use-title.ts";
import { texts } from "../../texts/texts.ts";
import { type LiveDevices, useLiveDevices } from "../devices/live-devices.ts";
import { useCatalog } from "../models/use-catalog.ts";
import { ChooseFeatures } from "./choose-features.tsx";
import { FindDevice } from "./find-device.tsx";
import { FindModel } from "./find-model.tsx";
import { NewDevice } from "./new-device.tsx";
import type { AddDeviceParts, AddDeviceProps } from "./parts.ts";
import { useProjects } from "./use-projects.ts";
import "../devices/devices.css";
import "./add-device.css";

/** Adds a device, or a model without one yet, to a project; and shows how a device gets here. */
export default function AddDevice({ app, pId }: AddDeviceProps) {
	const { addDevice } = texts.value;
	useTitle(addDevice.title);
	const { catalog, reason, load } = useCatalog(app);
	const live = useLiveDevices(app);
	const projects = useProjects(app);
	const { value: place } = app.navigation.place;
	const query = place.screen === "add-device" ? (place.query ?? {}) : {};
	const show: AddDeviceParts["show"] = (changed, how) => {
		const given = Object.entries({ ...query, ...changed }).flatMap(([key, value]) =>
			value === undefined || value === "" ? [] : [[key, value] as const],
		);
		const next = { screen: "add-device", query: Object.fromEntries(given) } as const;
		app.navigation.go(pId === undefined ? next : { ...next, pId }, how);
	};
	const name = projects?.find(({ p_id }) => p_id === pId)?.p_name;
	return (
		<div class="add-device">
			<header class="devices-head">
				<h1>{addDevice.title}</h1>
				{name !== undefined && (
					<p>
						<a href={`#/p/${pId}`}>{addDevice.toProject(name)}</a>
					</p>
				)}
			</header>
			{reason !== undefined ? (
				<Failed reason={reason} onRetry={() => void load()} />
			) : catalog === undefined ? (
				<Spinner />
			) : query.model !== undefined || query.device !== undefined ? (
				<Chosen {...{ app, pId, catalog, query, show, live, projects }} />
			) : (
				<>
					<Search
						label={addDevice.search}
						value={query.q ?? ""}
						onInput={(q) => show({ q }, "replace")}
						autofocus
					/>
					<FindDevice {...{ app, pId, catalog, query, show, live }} onModelMade={load} />
					<NewDevice {...{ app, pId, catalog, query, show, live }} />
					<FindModel {...{ app, pId, catalog, query, show, live }} />
				</>
			)}
		</div>
	);
}

interface ChosenProps extends AddDeviceParts {
	readonly projects: ReturnType<typeof useProjects>;
}

/** The model and device of the address, where they exist. */
function Chosen(props: ChosenProps) {
	const { catalog, query, live, show } = props;
	const { addDevice } = texts.value;
	const device = useKnown(live, query.device);
	if (query.device !== undefined && device === undefined) {
		if (live.devices.value === undefined) return <Spinner />;
		return <Missing title={addDevice.noDevice} hint={addDevice.deviceGone} show={show} />;
	}
	const dmId = device?.dm_id ?? Number(query.model);
	const model = catalog.models.find(({ dm_id }) => dm_id === dmId);
	if (model === undefined) return <Missing title={addDevice.noModel} show={show} />;
	return (
		<ChooseFeatures key={`${dmId} ${query.device}`} {...props} model={model} device={device} />
	);
}

/** A device that was there once stays while its features are chosen. */
function useKnown({ devices }: LiveDevices, macAddr: string | undefined): CcmDevice | undefined {
	const found = devices.value?.find(({ mac_addr }) => mac_addr === macAddr);
	const [known, setKnown] = useState(found);
	useEffect(() => {
		if (found !== undefined) setKnown(found);
	}, [found]);
	return found ?? (known?.mac_addr === macAddr ? known : undefined);
}

interface MissingProps extends Pick<AddDeviceParts, "show"> {
	readonly title: string;
	readonly hint?: string;
}

function Missing({ title, hint, show }: MissingProps) {
	const { addDevice } = texts.value;
	return (
		<EmptyState
			icon="device"
			title={title}
			hint={hint}
			action={
				<button
					type="button"
					class="kit-button kit-plain"
					onClick={() => show({ model: undefined, device: undefined })}
				>
					{addDevice.back}
				</button>
			}
		/>
	);
}
