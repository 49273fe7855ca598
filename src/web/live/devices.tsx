import type { DeviceView } from "../../contract/mod.ts";
import { More, useMore } from "./more.tsx";
import { Presence } from "./presence.tsx";
import { featureNames, isHttp, isOld } from "./search.ts";

/** The table of devices, a handful at a time. */
export function Devices({ devices }: { devices: readonly DeviceView[] }) {
	const more = useMore(devices.length);
	return (
		<>
			<table>
				<thead>
					<tr>
						<th scope="col">Name</th>
						<th scope="col">Presence</th>
						<th scope="col">Inputs (IDF)</th>
						<th scope="col">Outputs (ODF)</th>
						<th scope="col" class="wide">
							Id
						</th>
					</tr>
				</thead>
				<tbody>
					{devices.slice(0, more.shown).map((device) => (
						<tr key={device.id}>
							<td>
								{device.name}
								{isHttp(device) && <small title="Sends and receives over HTTP"> HTTP</small>}
								{isOld(device) && <small title="Speaks the older protocol"> v1</small>}
							</td>
							<td>
								<Presence state={device.state} spelled />
							</td>
							<td>{featureNames(device.idf_list)}</td>
							<td>{featureNames(device.odf_list)}</td>
							<td class="wide mono">{device.id}</td>
						</tr>
					))}
				</tbody>
			</table>
			<More {...more} what="devices" />
		</>
	);
}
