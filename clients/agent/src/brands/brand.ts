// A brand as its document says it, and what stands beside the document.
import { useQuery } from "@tanstack/vue-query";
import { api } from "@/api/client";

export interface Text {
  zh: string;
  en: string;
}
export interface BrandBody {
  name: Text;
  timeZone?: string;
  reopenDays?: number;
  theme?: { accent?: string; logo?: string; greeting?: Text; mode?: string };
  tone?: Text;
  /** Only what is switched off. */
  modules?: Record<string, boolean>;
}
export interface Module {
  key: string;
  name: Text;
  off: Text;
  kept: Text;
}
export interface Connection {
  keys: { kid: string; algorithm: string; createdAt: string; retiredAt: string | null }[];
  webhookUrl: string | null;
  webhookKid: string | null;
}
export interface Preset {
  key: string;
  name: Text;
}

export const useModules = () => useQuery({ queryKey: ["modules"], queryFn: async () => (await api.get<{ modules: Module[] }>("/modules")).modules, staleTime: Infinity });
export const usePresets = () => useQuery({ queryKey: ["presets"], queryFn: async () => (await api.get<{ presets: Preset[] }>("/presets")).presets, staleTime: Infinity });
export const zones = (): string[] => Intl.supportedValuesOf("timeZone");
export const isOn = (body: BrandBody, module: string): boolean => body.modules?.[module] !== false;
