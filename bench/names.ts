// Names of what is compared, which stand in the results and are looked up there.
export const MOSQUITTO = "mosquitto, raw";
export const BROKER = "iotctl, raw";
export const SEED_GRAPH = "iotctl, seed graph";
export const HEAVY_GRAPH = "iotctl, heavy function";
/** Stands behind the name of what runs its functions in the machine's own Python. */
export const PYTHON3 = "python3";
export const ON_MOSQUITTO = "iotctl on mosquitto, seed graph";
export const NODE_RED = "Node-RED on mosquitto, seed flow";
/** Connections of a class: so many that publish, as many that listen. */
export const CLASS = "40 + 40 clients";
