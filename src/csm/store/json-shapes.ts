import { Type } from "@sinclair/typebox";

// What JSON columns hold.

export const StringList = Type.Array(Type.String());
export const AnyList = Type.Array(Type.Unknown());
export const AnyObject = Type.Record(Type.String(), Type.Unknown());
export const Depends = Type.Record(Type.String(), Type.String());
export const InputTypes = Type.Union([Type.String(), Type.Array(Type.String())]);
