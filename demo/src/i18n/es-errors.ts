import type { Dictionary } from './dictionary.ts';

export const spanishErrors: Dictionary['errors'] = {
  unsupported: {
    what: 'El modelo no puede hacer esto.',
    why: 'La pregunta pide algo que no ofrecen ni el modelo de aquí ni el servidor.',
    advice: 'Elige otro modelo o pregúntalo de otra manera.',
  },
  insecure: {
    what: 'Esta página no puede ejecutar un modelo.',
    why: 'Los navegadores solo lo permiten en una dirección segura.',
    advice: 'Abre la página por https o pide a quien la administra que lo prepare.',
  },
  unknownModel: {
    what: 'Este modelo no se ofrece.',
    why: 'El servidor de tu organización no lo conoce.',
    advice: 'Elige otro modelo o pide a quien administra el servidor que lo añada.',
  },
  badPackage: {
    what: 'El modelo no se puede usar.',
    why: 'Su descripción en el servidor está dañada o no es un modelo.',
    advice: 'Pide a quien administra el servidor que publique el modelo de nuevo o elige otro.',
  },
  badSignature: {
    what: 'No se puede usar el modelo.',
    why: 'No lo ha firmado nadie en quien esta página confíe.',
    advice: 'Pide uno firmado a quien administra el servidor, o elige otro modelo.',
  },
  badCatalog: {
    what: 'La lista de modelos no se puede usar.',
    why: 'La que ofrece el servidor de tu organización está dañada.',
    advice: 'Avisa a quien administra el servidor. Cuando esté arreglada, reinténtalo.',
  },
  modelUnreachable: {
    what: 'No se ha encontrado el modelo.',
    why: 'El servidor de esta página no lo tiene o no responde.',
    advice: 'Comprueba la conexión y reinténtalo, o elige otro modelo.',
  },
  noStorage: {
    what: 'El modelo no se puede guardar aquí.',
    why: 'Este navegador no deja que la página guarde archivos. Las ventanas privadas no suelen dejar.',
    advice: 'Abre la página en una ventana normal o permítele guardar datos.',
  },
  storageFull: {
    what: 'No hay sitio para el modelo.',
    why: 'El almacenamiento del navegador está lleno.',
    advice: 'Libera espacio en el disco o elige un modelo más pequeño.',
  },
  damagedDownload: {
    what: 'La descarga llegó dañada.',
    why: 'Lo que llegó no es lo que se publicó, así que no se ha guardado.',
    advice: 'Reinténtalo más tarde. Si vuelve a pasar, avisa a quien administra el servidor.',
  },
  badArchive: {
    what: 'No se puede añadir este archivo.',
    why: 'No es un modelo exportado desde aquí, o está dañado.',
    advice: 'Expórtalo otra vez o elige otro archivo.',
  },
  downloadStopped: {
    what: 'La descarga se detuvo.',
    why: 'Se perdió la conexión o el servidor dejó de enviar.',
    advice: 'Reinténtalo: sigue desde donde se quedó.',
  },
  loadFailed: {
    what: 'El modelo no se ha podido abrir.',
    why: 'Puede que a este dispositivo no le quede memoria suficiente.',
    advice: 'Cierra otras pestañas y reinténtalo, o elige un modelo más pequeño.',
  },
  engineFailed: {
    what: 'El modelo se paró a media respuesta.',
    why: 'Algo falló mientras calculaba en este dispositivo.',
    advice: 'Reinténtalo.',
  },
  contextExceeded: {
    what: 'La conversación es demasiado larga.',
    why: 'La pregunta y la respuesta no caben en el contexto del modelo.',
    advice: 'Acorta la pregunta o empieza una conversación nueva.',
  },
  workerDied: {
    what: 'El navegador cerró el modelo.',
    why: 'Casi siempre es porque se acabó la memoria.',
    advice: 'Cierra otras pestañas y reinténtalo, o elige un modelo más pequeño.',
  },
  deviceOnly: {
    what: 'Este dispositivo no puede responder a esta pregunta.',
    why: 'Ningún modelo puede ejecutarse en este navegador y esta conversación no puede salir del dispositivo. No se envió nada.',
    advice: 'Abre la página en otro navegador. O deja que esta conversación vaya dentro de tu organización.',
  },
  deviceTooLarge: {
    what: 'Este dispositivo no puede responder a esta pregunta.',
    why: 'El modelo es demasiado grande para él y esta conversación no puede salir del dispositivo. No se envió nada.',
    advice: 'Elige un modelo más pequeño. O deja que esta conversación vaya dentro de tu organización.',
  },
  deviceTooLong: {
    what: 'Este dispositivo no puede responder a esta pregunta.',
    why: 'Es más larga que el contexto del modelo de aquí y esta conversación no puede salir del dispositivo. No se envió nada.',
    advice: 'Acórtala o empieza una conversación nueva. O deja que esta vaya dentro de tu organización.',
  },
  nowhere: {
    what: 'Nada puede responder a esta pregunta.',
    why: 'No cabe en este dispositivo y ningún servidor ofrece este modelo.',
    advice: 'Elige otro modelo o acorta la pregunta.',
  },
  serverUnreachable: {
    what: 'No se llega al servidor de tu organización.',
    why: 'No hay conexión o el servidor está parado.',
    advice: 'Comprueba la conexión y reinténtalo.',
  },
  serverRefused: {
    what: 'El servidor de tu organización rechazó la pregunta.',
    why: 'No puede hacer lo que se le pide.',
    advice: 'Pregúntalo de otra manera o elige otro modelo.',
  },
  serverNeedsKey: {
    what: 'El servidor de tu organización pide una clave.',
    why: 'Esta página no tiene ninguna o ya no es válida.',
    advice: 'Pide acceso a quien administra el servidor.',
  },
  serverForbidsPage: {
    what: 'El servidor de tu organización no responde a esta página.',
    why: 'La dirección de la página no está en la lista del servidor.',
    advice: 'Abre la página en su dirección de siempre o pide a quien administra el servidor que añada esta.',
  },
  serverModelDown: {
    what: 'El modelo del servidor de tu organización no responde.',
    why: 'Se llegó al servidor, pero no al modelo que hay detrás.',
    advice: 'Reinténtalo dentro de un momento.',
  },
  serverSlow: {
    what: 'El servidor de tu organización tardó demasiado.',
    why: 'No hubo respuesta en el tiempo permitido.',
    advice: 'Reinténtalo dentro de un momento.',
  },
  serverBusy: {
    what: 'El servidor de tu organización está ocupado.',
    why: 'Tiene más preguntas de las que puede atender a la vez.',
    advice: 'Espera un momento y reinténtalo.',
  },
  serverFailed: {
    what: 'El servidor de tu organización ha fallado.',
    why: 'Algo salió mal allí.',
    advice: 'Reinténtalo. Si vuelve a pasar, avisa a quien administra el servidor.',
  },
  questionTooLarge: {
    what: 'La pregunta es demasiado grande.',
    why: 'El servidor no acepta tanto texto de una vez.',
    advice: 'Acorta la pregunta o empieza una conversación nueva.',
  },
  brokenAnswer: {
    what: 'La respuesta se cortó.',
    why: 'Se perdió la conexión con el servidor a media respuesta.',
    advice: 'Reinténtalo.',
  },
  unexpected: {
    what: 'Ha pasado algo inesperado.',
    why: 'Es un fallo de esta página, no de tu pregunta.',
    advice: 'Reinténtalo. Si vuelve a pasar, recarga la página.',
  },
};
