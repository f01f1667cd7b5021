// Passkeys in this browser: what the server asks for, signed by the device.
export const canPasskey = (): boolean =>
  typeof PublicKeyCredential !== "undefined" && typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function" && window.isSecureContext;

/** The signed answer to a challenge, as the server reads it. */
export async function usePasskey(options: unknown): Promise<unknown> {
  const found = await navigator.credentials.get({
    publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON),
  });
  return (found as PublicKeyCredential).toJSON();
}

/** A new passkey on this device. */
export async function makePasskey(options: unknown): Promise<unknown> {
  const made = await navigator.credentials.create({
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON),
  });
  return (made as PublicKeyCredential).toJSON();
}

/** She closed the browser's own dialog, or took too long: nothing to complain about. */
export const isCancelled = (problem: unknown): boolean => problem instanceof DOMException && ["NotAllowedError", "AbortError"].includes(problem.name);
