import { Silero } from "@ricky0123/vad-web/dist/models";
import modelUrl from "@ricky0123/vad-web/dist/silero_vad_v5.onnx?url";
import workletUrl from "@ricky0123/vad-web/dist/vad.worklet.bundle.min.js?url";
import * as ort from "onnxruntime-web/wasm";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { FRAME_SAMPLES } from "./frame";

/** Loaded only when somebody wants to talk without their hands: all of it comes from this server. */
export interface VoiceModel {
  /** How sure it is that somebody speaks in this frame, from 0 to 1. Frames come in their order. */
  speech: (frame: Float32Array) => Promise<number>;
  release: () => Promise<void>;
}

export async function loadVoiceModel(): Promise<VoiceModel> {
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1; // more would want a page isolated from all others
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  const model = await Silero.new(ort, async () => {
    const response = await fetch(modelUrl);
    if (!response.ok) throw new Error(`The voice detection cannot be loaded: ${response.status}`);
    return response.arrayBuffer();
  });
  return {
    speech: async (frame) => (await model.process(frame)).isSpeech,
    release: () => model.release(),
  };
}

interface FrameMessage {
  data: { message?: string; data?: ArrayBuffer };
}

/** A node that cuts what flows into it into frames of 16 kHz. */
export async function frameNode(context: AudioContext, onFrame: (samples: Float32Array) => void): Promise<AudioNode> {
  await context.audioWorklet.addModule(workletUrl);
  const node = new AudioWorkletNode(context, "vad-helper-worklet", {
    numberOfOutputs: 0,
    processorOptions: { frameSamples: FRAME_SAMPLES },
  });
  node.port.onmessage = ({ data }: FrameMessage) => {
    if (data.message === "AUDIO_FRAME" && data.data !== undefined) onFrame(new Float32Array(data.data));
  };
  return node;
}
