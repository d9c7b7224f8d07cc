import { useEffect, useState } from "react";

/** The microphones there are. Their names are empty until the page has been allowed to use one. */
export function useMicrophones(wanted: boolean): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    if (!wanted || !("mediaDevices" in navigator)) return;
    const { mediaDevices } = navigator;
    let current = true;
    const look = () => {
      void mediaDevices.enumerateDevices().then((all) => {
        if (current) setDevices(all.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== "default"));
      });
    };
    look();
    mediaDevices.addEventListener("devicechange", look);
    return () => {
      current = false;
      mediaDevices.removeEventListener("devicechange", look);
    };
  }, [wanted]);
  return devices;
}
