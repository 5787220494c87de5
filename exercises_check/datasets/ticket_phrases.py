"""The phrases of which the invented support tickets are made."""

DEPARTMENTS = ("billing", "delivery", "technical", "account")

TITLES = {
    "billing": (
        "Charged twice for the {product}",
        "Wrong amount on my invoice",
        "Refund for the {product} still missing",
        "Question about a payment",
        "Card charged after I cancelled",
        "Invoice has the wrong company name",
        "Discount code was not applied",
        "Please send a receipt",
        "Bank transfer not recorded",
        "Price on the bill is too high",
    ),
    "delivery": (
        "Parcel has not arrived",
        "Where is my {product}",
        "Courier left the box in the rain",
        "Package delivered to the wrong address",
        "Tracking number does not move",
        "Order arrived damaged",
        "Half of the shipment is missing",
        "Need a later delivery date",
        "Warehouse sent the wrong {product}",
        "How long does shipping to {city} take",
    ),
    "technical": (
        "The {product} does not start",
        "App crashes on my phone",
        "Error message after the update",
        "Screen stays black",
        "The {product} will not connect",
        "Installation stops halfway",
        "Sound is broken since the update",
        "Battery of the {product} is empty in an hour",
        "Sync fails with an error",
        "Bug in the search of the app",
    ),
    "account": (
        "Cannot log in",
        "Password reset mail never comes",
        "Please change my email address",
        "Close my account",
        "My profile shows another name",
        "Two factor code is refused",
        "How do I add a second user",
        "Account locked after three attempts",
        "Wrong permissions for my colleague",
        "Newsletter cannot be unsubscribed",
    ),
}

# What the ticket is about.
PROBLEMS = {
    "billing": (
        "My credit card was charged twice for the same {product}.",
        "The invoice says {amount} euros, but the price in the shop was lower.",
        "You promised a refund on {day} and the money is not on my bank account.",
        "I cancelled the subscription, yet you took the monthly fee again.",
        "The tax on the bill for the {product} is wrong.",
        "I paid by bank transfer and still get a payment reminder.",
        "The discount of {amount} euros is missing on my receipt.",
        "Our accountant needs a corrected invoice with the company address.",
    ),
    "delivery": (
        "The {product} should have arrived on {day} and is not here.",
        "The tracking page says delivered, but no parcel came to {city}.",
        "The courier rang once and drove away with the package.",
        "The box was open and the {product} inside was damaged.",
        "You shipped a different item than the one I ordered.",
        "The parcel went to my old address in {city}.",
        "Only one of two boxes arrived from your warehouse.",
        "The driver left the shipment with a neighbour nobody knows.",
    ),
    "technical": (
        "The {product} shows an error and turns itself off.",
        "Since the last update the app crashes when I open the settings.",
        "The {product} does not connect to the network any more.",
        "The screen freezes and only a restart of the device helps.",
        "The installation of the driver stops with a code {number}.",
        "The software does not recognise the {product} on my laptop.",
        "Saving a file fails and the program hangs.",
        "The battery gets hot and the {product} beeps.",
    ),
    "account": (
        "I cannot log in, although the password is right.",
        "The link for a new password has expired before I can use it.",
        "My account is locked after a few wrong attempts.",
        "I changed my phone and the login code goes to the old number.",
        "Please change the email address of my profile.",
        "My colleague left and her user must be removed.",
        "I want to delete my account and all personal data.",
        "The website says that my username is taken by somebody else.",
    ),
}

# More about it: the same department, with other words.
DETAILS = {
    "billing": (
        "The statement of my bank shows both payments.",
        "I can send a copy of the invoice.",
        "Please correct the total and refund the difference.",
        "The amount was taken on {day}.",
        "The reminder even adds a fee.",
    ),
    "delivery": (
        "The tracking number is {number}.",
        "I was at home in {city} all {day}.",
        "Please ask the courier where the box is.",
        "I can send photos of the damaged package.",
        "The shipping label has the right street.",
    ),
    "technical": (
        "I have restarted the device and installed the software again.",
        "The error appears on the phone and on the laptop.",
        "A screenshot of the message is attached.",
        "The version of the app is {number}.",
        "It worked before the update on {day}.",
    ),
    "account": (
        "I have tried another browser and cleared the cookies.",
        "The reset mail is not in my spam folder.",
        "My username is the same as the email address.",
        "I signed up on {day} with my work address.",
        "The login page only says access denied.",
    ),
}

# Any department could have got these.
VAGUE_TITLES = (
    "Please help",
    "A question",
    "Problem with my {product}",
    "Still waiting for an answer",
    "Order {number}",
    "Not happy with the {product}",
)
GREETINGS = ("Hello.", "Hi.", "Good morning.", "Dear team.", "Hello again.", "")
FACTS = (
    "I bought the {product} on {day}.",
    "My order number is {number}.",
    "I am a customer from {city}.",
    "I wrote to you on {day} already.",
    "The {product} was a present for a friend.",
    "We use your {product} in our office in {city}.",
)
CLOSINGS = ("Thank you.", "Kind regards.", "Please answer by mail.", "Thanks in advance.", "")

# How much it matters. Some of both say "urgent" or "today": the word alone does not settle it.
URGENT_TITLES = ("Urgent: {title}", "{title}, please hurry", "{title} - need help today")
URGENT = (
    "This is urgent, our whole office cannot work.",
    "I need a solution today.",
    "Please call me back immediately.",
    "We lose money every hour.",
    "This is the third time I ask, and it is critical for us.",
    "I leave tomorrow morning and need it before that.",
    "Our customers are waiting and the deadline is tonight.",
    "Please treat this as an emergency.",
    "If nobody answers today I will call my lawyer.",
    "I cannot wait any longer.",
)
CALM_TITLES = ("{title}, not urgent", "Small thing: {title}", "{title}, no hurry")
CALM = (
    "This is not urgent, next week is fine.",
    "There is no hurry.",
    "It does not have to be today.",
    "Please look at it when you have time.",
    "It is only a small thing.",
    "I was just curious and can wait.",
    "Whenever it suits you is early enough.",
    "Not critical for us, but good to know.",
    "I can live with it for now.",
    "No need to call back, a short mail is enough.",
)

SLOTS = {
    "product": (
        "printer",
        "router",
        "camera",
        "headset",
        "keyboard",
        "monitor",
        "tablet",
        "speaker",
        "scanner",
        "charger",
        "coffee machine",
        "desk lamp",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "city": ("Berlin", "Lyon", "Porto", "Turin", "Ghent", "Krakow", "Oslo", "Bristol", "Cork"),
    "amount": ("12", "19", "35", "49", "80", "120", "249"),
    "number": ("20417", "31882", "40965", "51230", "68741", "77008", "85519", "93364"),
}
