import { useState } from "preact/hooks";
import { Button, LinkButton } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { StateDot } from "../../kit/state-dot.tsx";
import { EmptyState } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { hasWords } from "../query.ts";
import { refusalText } from "../refusal-text.ts";
import { useLoaded } from "../use-loaded.ts";
import { type AnyDevice, allDevices as askAll, unbindDevice } from "./all-server.ts";
import { Listed } from "./listed.tsx";
import type { ListProps } from "./project-list.tsx";

/** Devices of everyone and where they are bound. */
export function DeviceList({ app, search }: ListProps) {
	const { allProjects, shell } = texts.value;
	const list = useLoaded(() => askAll(app.ask), { clock: app.clock });
	const [asked, setAsked] = useState<AnyDevice>();
	const columns = columnsOf(setAsked);
	const unbind = async (device: AnyDevice) => {
		const answer = await unbindDevice(app.ask, device.d_id);
		if (!answer.ok) return refusalText(allProjects.notDone, answer, shell.unreachableNow);
		app.notices.say(allProjects.unbound(device.d_name), "good");
		list.reload();
		return undefined;
	};
	return (
		<>
			<Listed
				list={list}
				all={list.value?.data}
				isFound={({ d_name, mac_addr, dm_name, projects }) =>
					hasWords(`${d_name} ${mac_addr} ${dm_name} ${projects.join(" ")}`, search)
				}
				empty={
					<EmptyState
						icon="device"
						title={allProjects.noDevices}
						hint={allProjects.noDevicesHint}
						action={
							<LinkButton href={hashOf({ screen: "add-device" })}>
								{allProjects.addDevice}
							</LinkButton>
						}
					/>
				}
			>
				{(rows) => (
					<Table
						label={allProjects.allDevices}
						columns={columns}
						rows={rows}
						keyOf={({ d_id }) => d_id}
					/>
				)}
			</Listed>
			{asked !== undefined && (
				<ConfirmDialog
					title={allProjects.unbindTitle(asked.d_name)}
					confirm={allProjects.unbind}
					isDangerous
					onConfirm={() => unbind(asked)}
					onClose={() => setAsked(undefined)}
				>
					<p>{allProjects.unbindHint(asked.projects.join(", "))}</p>
				</ConfirmDialog>
			)}
		</>
	);
}

function columnsOf(unbind: (device: AnyDevice) => void): readonly Column<AnyDevice>[] {
	const { allProjects } = texts.value;
	return [
		{
			title: allProjects.name,
			cell: ({ d_name, mac_addr }) => (
				<a
					class="all-link"
					href={hashOf({ screen: "devices", macAddr: mac_addr })}
					title={mac_addr}
				>
					{d_name}
				</a>
			),
		},
		{ title: allProjects.model, cell: ({ dm_name }) => dm_name },
		{
			title: allProjects.state,
			cell: ({ status, is_sim }) => (
				<StateDot isOn={status === "online"}>
					{allProjects[status]}
					{is_sim && ` · ${allProjects.simulated}`}
				</StateDot>
			),
		},
		{
			title: allProjects.boundIn,
			cell: ({ projects }) =>
				projects.length === 0 ? (
					<span class="all-faint">{allProjects.notBound}</span>
				) : (
					projects.join(", ")
				),
		},
		{
			title: allProjects.actions,
			kind: "actions",
			cell: (device) =>
				device.projects.length > 0 && (
					<Button
						icon="unlink"
						aria-label={allProjects.unbindOf(device.d_name)}
						onClick={() => unbind(device)}
					>
						{allProjects.unbind}
					</Button>
				),
		},
	];
}
